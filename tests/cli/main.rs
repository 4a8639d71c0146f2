//! What a user meets: the command line, reports in each format, alerts, and what is fetched.

#[cfg(test)]
mod alert;

#[cfg(test)]
mod arguments;

#[cfg(test)]
mod at_hand;

#[cfg(test)]
mod baselines;

#[cfg(test)]
mod clean;

#[cfg(test)]
mod direct;

#[cfg(test)]
mod effects;

#[cfg(test)]
mod explain;

#[cfg(test)]
mod exports;

#[cfg(test)]
mod golden;

#[cfg(test)]
mod hostile;

#[cfg(test)]
mod http;

#[cfg(test)]
mod inspect;

#[cfg(test)]
mod manual;

#[cfg(test)]
mod options;

#[cfg(test)]
mod orders;

#[cfg(test)]
mod pull;

#[cfg(test)]
mod reports;

#[cfg(test)]
mod saved;

#[cfg(test)]
mod scheduled;

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod tickets;
