//! What is found in the recordings of testdata, and which causes are named: the program against known truths.

#[cfg(test)]
mod causes;

#[cfg(test)]
#[path = "../corpus_support/mod.rs"]
mod corpus_support;

#[cfg(test)]
mod hard;

#[cfg(test)]
mod services;

#[cfg(test)]
mod source_programs;

#[cfg(test)]
mod totals;

#[cfg(test)]
mod trend_corpus;

#[cfg(test)]
mod two_snapshots;
