//! Clients of libraries that are made again and again.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{MOST, Rule, Shown, shown};
use crate::diagnose::symbols::{CLIENTS, GRPC_CLIENT, HTTP_CLIENT, HTTP_SERVE, SQL, Symbols};
use crate::profile::{display_function, is_remote, package_of};
use std::collections::BTreeMap;

/// As many of each kind of goroutine, if their numbers differ by less than this share.
const AS_MANY: f64 = 0.2;

pub(super) const RULE: Rule = Rule {
    waits: &[known_clients, several_each],
    advice: &[("a library that is known by its goroutines alone", is_unknown)],
    ..Rule::ROWS
};

/// Whether nothing says that these are clients: a server's session has goroutines of a library as well.
fn is_unknown(case: &Case<'_>) -> bool {
    known_clients(case).is_none() && several_each(case).is_some()
}

fn known_clients(case: &Case<'_>) -> Option<Shown> {
    let what = "they are the goroutines that each client of a library has of its own: clients are made and not closed";
    case.most_wait_in(&CLIENTS).then(|| shown(Certainty::High, what))?
}

/// Several goroutines of one library, as many of each, that it started itself and in which own code has no part.
fn several_each(case: &Case<'_>) -> Option<Shown> {
    // These have rules of their own.
    let others: [&Symbols; 4] = [&HTTP_CLIENT, &HTTP_SERVE, &SQL, &GRPC_CLIENT];
    let mut roots: BTreeMap<&str, f64> = BTreeMap::new();
    for site in case.waits.iter().filter(|site| site.own.is_none()) {
        let root = site.stack.iter().rev().find(|function| !function.starts_with("runtime."))?;
        let is_library = is_remote(package_of(root));
        if is_library && !others.iter().any(|set| site.stack.iter().any(|function| set.has(function))) {
            *roots.entry(root).or_default() += site.count;
        }
    }
    let all: f64 = case.waits.iter().map(|site| site.count).sum();
    let (first, most) = roots.iter().max_by(|a, b| a.1.total_cmp(b.1))?;
    let each = roots
        .iter()
        .filter(|(root, count)| package_of(root) == package_of(first) && **count >= (1.0 - AS_MANY) * most);
    let each: Vec<(&&str, &f64)> = each.collect();
    if each.len() < 2 || each.iter().map(|(_, count)| **count).sum::<f64>() <= MOST * all {
        return None;
    }
    let names: Vec<String> = each.iter().map(|(root, _)| display_function(root)).collect();
    let what = format!(
        "a library runs as many goroutines of each kind ({}), as for each client of it that is made and not closed",
        names.join(", ")
    );
    shown(Certainty::Medium, what)
}

#[cfg(test)]
mod tests {
    use crate::diagnose::{Case, WaitSite, name_cause};

    fn named(sites: &[(&'static str, f64)]) -> &'static str {
        let site = |(function, count): &(&'static str, f64)| WaitSite {
            stack: vec!["runtime.gopark", "runtime.selectgo", function],
            own: None,
            count: *count,
        };
        name_cause(&Case { waits: sites.iter().map(site).collect(), ..Case::new(None) }).entry.id
    }

    #[test]
    fn a_client_is_told_by_its_goroutines() {
        let reaper = "gopkg.in/redis.v5/internal/pool.(*ConnPool).reaper";
        assert_eq!(named(&[(reaper, 90.0)]), "client-not-closed");
        let (reads, pings) = ("example.com/bus.(*Client).readLoop", "example.com/bus.(*Client).pingLoop");
        assert_eq!(named(&[(reads, 90.0), (pings, 88.0)]), "client-not-closed");
    }

    #[test]
    fn one_goroutine_each_may_be_anything() {
        let (waits, clears) = ("example.com/bus.(*Sub).wait", "example.com/bus.(*Client).clear");
        assert_eq!(named(&[(waits, 90.0)]), "goroutine-blocked-select");
        assert_eq!(named(&[(waits, 90.0), (clears, 3.0)]), "goroutine-blocked-select");
    }
}
