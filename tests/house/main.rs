//! What the repository promises of itself: floors, citations, pages, dependencies.

#[cfg(test)]
mod catalogue;

#[cfg(test)]
mod citations;

#[cfg(test)]
mod dependencies;

#[cfg(test)]
mod documents;

#[cfg(test)]
mod layering;

#[cfg(test)]
mod symbols;
