//! Bad input, as a user hands it over: one line that says which file, what is wrong and what to do; status 2; nothing
//! on standard output.

#[cfg(test)]
mod files;
#[cfg(test)]
mod folders;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod malformed;
#[cfg(test)]
mod output;
