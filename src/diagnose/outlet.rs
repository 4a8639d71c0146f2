//! How memory leaves what keeps a suspect: not at all, by what its source shows, or out of a cache that a library bounds.

use super::case::{Case, HeapSite};
use super::ranking::{Finding, ReadFrom};
use super::rule::{MOST, SOME};
use super::{Certainty, symbols};
use crate::source::Container;

/// How memory leaves what keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlet {
    /// The source shows what keeps it, and nothing that takes it out again.
    Nothing,
    /// The source shows something that takes out of what keeps it.
    InSource,
    /// It is kept in a cache of a library that gives up an entry for each new one, once it is full.
    BoundedCache,
    /// The function that makes it puts something into such a cache.
    MadeToCache,
}

/// How memory leaves what keeps a suspect, if that is known: by the source, if its cause was read there, else by its stacks.
pub(super) fn outlet(named: &Finding, case: &Case<'_>) -> Option<Outlet> {
    let bounded = || match is_in_bounded_cache(case) {
        true => Some(Outlet::BoundedCache),
        false => case.is_made_to_cache.then_some(Outlet::MadeToCache),
    };
    if named.read_from != ReadFrom::Source {
        return bounded();
    }
    let stores: Vec<&Container> = case.facts.iter().filter_map(|fact| fact.kind.outliving_store()).collect();
    match stores.iter().any(|store| store.shrinks.is_empty()) {
        true => (named.certainty == Certainty::High).then_some(Outlet::Nothing),
        false if stores.is_empty() => bounded(),
        false => Some(Outlet::InSource),
    }
}

/// Whether as many entries of a bounded cache are kept as objects, or nearly. What such a cache calls own code for, as `ccache.(*Cache).Fetch`
/// does, is its entries' values.
fn is_in_bounded_cache(case: &Case<'_>) -> bool {
    let is_of_cache = |function: &&str| symbols::BOUNDED_CACHES.has(function);
    let is_entry = |site: &&HeapSite<'_>| {
        let called = site.called();
        called.last().is_some_and(is_of_cache) || site.stack[called.len()..].iter().any(is_of_cache)
    };
    let (entries, others): (Vec<_>, Vec<_>) = case.heap.iter().partition(is_entry);
    let sampled = entries.iter().map(|site| site.sampled()).fold(0, i64::saturating_add);
    let of = |site: &HeapSite<'_>| site.sizes.iter().map(|size| size.objects).fold(0.0, f64::max);
    let entries = entries.into_iter().map(of).sum::<f64>();
    let others = others.into_iter().map(of).fold(0.0, f64::max);
    sampled >= SOME && entries >= MOST * others
}

#[cfg(test)]
mod tests {
    use super::super::case::SizeGrowth;
    use super::super::name_cause;
    use super::*;

    const ADD: &[&str] = &[
        "container/list.(*List).insertValue",
        "github.com/hashicorp/golang-lru/simplelru.(*LRU).Add",
        "github.com/hashicorp/golang-lru.(*Cache).Add",
        "main.price",
    ];

    fn kept(sites: &[(&[&str], i64, f64)]) -> Option<Outlet> {
        let heap = sites
            .iter()
            .map(|(stack, size, objects)| {
                HeapSite::made(stack, Some(stack.len() - 1), &[SizeGrowth::kept(*size, *objects, 9)])
            })
            .collect();
        name_cause(&Case::of_heap(heap)).outlet
    }

    #[test]
    fn as_many_entries_of_a_bounded_cache_as_objects_are_its_contents() {
        assert_eq!(kept(&[(ADD, 64, 1000.0)]), Some(Outlet::BoundedCache), "the entries alone");
        assert_eq!(kept(&[(&["main.price"], 3072, 1100.0), (ADD, 64, 1000.0)]), Some(Outlet::BoundedCache));
        assert_eq!(
            kept(&[(&["main.price"], 3072, 4000.0), (ADD, 64, 1000.0)]),
            None,
            "most are kept elsewhere"
        );
        assert_eq!(kept(&[(&["main.price"], 3072, 1000.0)]), None);
    }

    #[test]
    fn what_a_bounded_cache_asks_for_is_its_contents() {
        let heap = |caller| {
            let stack = ["main.survey", caller, "main.profile", "net/http.(*conn).serve"];
            HeapSite::made(&stack, Some(0), &[SizeGrowth::kept(3072, 1000.0, 9)])
        };
        let outlet = |caller| name_cause(&Case::of_heap(vec![heap(caller)])).outlet;
        assert_eq!(outlet("github.com/karlseguin/ccache/v2.(*Cache).Fetch"), Some(Outlet::BoundedCache));
        assert_eq!(outlet("golang.org/x/sync/singleflight.(*Group).Do"), None);
    }
}
