//! The formats for other programs: growth as a profile, SARIF, DOT, and the page.

#[cfg(test)]
mod growth_graph;
#[cfg(test)]
mod growth_profile;
#[cfg(test)]
mod page;
#[cfg(test)]
mod sarif_log;
#[cfg(test)]
mod saved_reports;
