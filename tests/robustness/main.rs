//! What is wrong, broken or hostile: inputs, disks, servers and clocks.

#[cfg(test)]
mod bad_input;

#[cfg(test)]
mod faults;

#[cfg(test)]
mod logs;

#[cfg(test)]
mod mutations;

#[cfg(test)]
mod otlp;

#[cfg(test)]
mod producers;

#[cfg(test)]
mod regressions;

#[cfg(test)]
mod source_safety;

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;
