//! Maps that only grow, known by their tables.

use crate::clusters::{TABLE_SIZES, may_be_entries};
use crate::diagnose::Certainty;
use crate::diagnose::case::{Case, HeapSite, SizeGrowth, agree};
use crate::diagnose::map_tables::{TABLE_HEADER, array_of_buckets, is_large_table, may_be_table};
use crate::diagnose::rule::{A_GOOD_PART, ENOUGH, Rule, SOME, Shown, alone, shown};
use crate::diagnose::source_reading::{kept, listens};
use crate::profile::{is_remote, package_of};
use crate::source::{Fact, FactKind};

/// A single size that carries this share of the growth.
const MOST_OF_IT: f64 = 0.8;

pub(super) const RULE: Rule = Rule {
    memory: &[tables_with_entries, split_tables],
    hints: &[map_near],
    facts: &[kept_under_a_key],
    ..Rule::ROWS
};

/// Full tables of a map at lines of own code.
pub(super) struct FullTables {
    all: SizeGrowth,
    /// As many objects stay as they have entries.
    with_entries: bool,
    /// What was put in is gone.
    pub(super) entries_are_gone: bool,
}

/// Full tables of a map at lines of own code, if some are kept. Their sizes are those of other objects too.
pub(super) fn full_tables(case: &Case<'_>) -> Option<FullTables> {
    let is_table = |size: &&SizeGrowth| TABLE_SIZES.contains(&size.size);
    let direct = case.heap.iter().filter(|site| site.is_direct());
    let tables: Vec<&SizeGrowth> = direct.flat_map(|site| site.sizes.iter().filter(is_table)).collect();
    let sum = |get: fn(&SizeGrowth) -> f64| tables.iter().map(|size| get(size)).sum::<f64>();
    let count =
        |get: fn(&SizeGrowth) -> i64| tables.iter().map(|size| get(size)).fold(0, i64::saturating_add);
    let all = SizeGrowth {
        bytes: sum(|size| size.bytes),
        objects: sum(|size| size.objects),
        sampled: count(|size| size.sampled),
        freed: count(|size| size.freed),
        allocated: count(|size| size.allocated),
        ..SizeGrowth::default()
    };
    let others = || case.heap.iter().flat_map(|site| site.sizes.iter().filter(|size| !is_table(size)));
    let tables = || FullTables {
        all,
        with_entries: others().any(|size| are_entries(size, all.objects)),
        entries_are_gone: others().map(|size| size.bytes).sum::<f64>() < -0.5 * all.bytes,
    };
    (all.sampled >= SOME && all.bytes > 0.0).then(tables)
}

/// The entries beside full tables, or tables that were freed as they were split, have to bear them out.
fn tables_with_entries(case: &Case<'_>) -> Option<Shown> {
    let FullTables { all, with_entries, entries_are_gone } = full_tables(case)?;
    if entries_are_gone {
        return None;
    }
    if with_entries {
        let what = "full tables of a map accumulate with about as many entries as they hold";
        return shown(alone(case, Certainty::High), what);
    }
    let splits = all.allocated >= ENOUGH && all.freed.saturating_mul(5) >= all.allocated;
    let what =
        "full tables of a map accumulate, and are freed as they are split: a set, or a map of small values";
    (splits && all.bytes >= A_GOOD_PART * case.heap_growth())
        .then(|| shown(alone(case, Certainty::Medium), what))?
}

/// Whether as many objects of a size were gained as so many tables hold entries.
fn are_entries(size: &SizeGrowth, tables: f64) -> bool {
    size.sampled >= ENOUGH && may_be_entries(size.objects, tables)
}

/// A map that is seen by its tables alone: those of a function that own code calls where it makes what is kept, or the array of
/// buckets that maps had before Go 1.24, of a size for about as many entries as are kept.
fn map_near(case: &Case<'_>) -> Option<Shown> {
    if !case.surely_kept || !case.waits.is_empty() {
        return None;
    }
    let kept = case.heap.iter().max_by(|a, b| a.bytes().total_cmp(&b.bytes()))?;
    let maker = kept.stack.get(kept.own?)?;
    let of_maker = |site: &&HeapSite<'_>| site.own.is_some_and(|own| site.stack[own] == *maker);
    // The standard library makes buffers of such sizes.
    let is_library = |function: &str| is_remote(package_of(function));
    let called = |site: &&HeapSite<'_>| !site.is_direct() && of_maker(site) && is_library(site.stack[0]);
    // Powers of two are sizes that buffers have most.
    let is_table =
        |size: &SizeGrowth| may_be_table(size.size) && size.size.count_ones() > 1 && size.objects > 0.0;
    let has_tables = |site: &&HeapSite<'_>| site.sizes.iter().any(is_table);
    if let Some(site) = case.tables_beside.iter().chain(&case.heap).filter(has_tables).find(called) {
        let what = format!(
            "tables of a map are made in {}, which {maker} calls at line {}: what is allocated here may be put into it",
            site.stack[0], site.line
        );
        return shown(Certainty::Low, what);
    }
    let most = kept.sizes.iter().max_by(|a, b| a.bytes.total_cmp(&b.bytes))?;
    let arrays = case.heap.iter().filter(of_maker).filter(|site| site.is_direct());
    let array = arrays
        .filter(|_| most.sampled >= ENOUGH)
        .find_map(|site| array_of_buckets(&site.sizes, most.objects))?;
    let what = format!(
        "an array of {array} bytes was made beside them, as maps had before Go 1.24 for so many entries"
    );
    shown(Certainty::Low, what)
}

/// A map that only grows allocates two tables for each that it splits and frees, so half of them are freed, neither
/// more nor less. Tables with larger slots have sizes that buffers have as well, all those of whole pages, and buffers
/// may be kept every other time: only as many headers of tables, or the entries, tell them apart. Without these it is a
/// guess, and none for powers of two, which are what buffers have most.
fn split_tables(case: &Case<'_>) -> Option<Shown> {
    for site in case.heap.iter().filter(|site| site.is_direct()) {
        for size in site.sizes.iter().filter(|size| is_large_table(size.size)) {
            let (freed, allocated) = (size.freed as f64, size.allocated as f64);
            let is_half = (freed - allocated / 2.0).abs() <= allocated.sqrt();
            let is_most = size.bytes >= MOST_OF_IT * case.heap_growth() && size.bytes > 0.0;
            if size.allocated < 2 * ENOUGH || !is_half || !is_most {
                continue;
            }
            let headers = site.sizes.iter().any(|other| other.size == TABLE_HEADER && agree(other, size));
            let mut others =
                case.heap.iter().flat_map(|site| &site.sizes).filter(|other| other.size != size.size);
            let borne_out = headers || others.any(|other| are_entries(other, size.objects));
            let (certainty, beside) = match borne_out {
                true => (Certainty::Medium, " with as many headers or entries"),
                false if size.size.count_ones() == 1 => continue,
                false => (Certainty::Low, ""),
            };
            let what = format!(
                "objects of {} bytes, as full tables of a map have, and buffers too, accumulate at line {}{beside}, and half of \
                 those allocated are freed, as when tables are split",
                size.size, site.line
            );
            return shown(certainty, what);
        }
    }
    None
}

fn kept_under_a_key(fact: &Fact, case: &Case<'_>) -> Option<Shown> {
    let FactKind::MapEntry(container) = &fact.kind else { return None };
    (!listens(container, case)).then(|| kept(fact, container, case))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::name_cause;

    #[test]
    fn sizes_of_whole_pages_alone_are_no_tables_of_a_map() {
        let half = SizeGrowth { freed: 20, allocated: 40, ..SizeGrowth::kept(65_536, 180.0, 20) };
        let named = |sizes: &[SizeGrowth]| {
            name_cause(&Case::of_heap(vec![HeapSite::made(&["main.put"], Some(0), sizes)])).entry.id
        };
        assert_eq!(named(&[half]), "retained-reference");
        let odd = SizeGrowth { size: 57_344, ..half };
        let cause = name_cause(&Case::of_heap(vec![HeapSite::made(&["main.put"], Some(0), &[odd])]));
        assert_eq!((cause.entry.id, cause.certainty), ("unbounded-map", Certainty::Low));
        assert_eq!(named(&[half, SizeGrowth::kept(TABLE_HEADER, 170.0, 1)]), "unbounded-map");
        assert_eq!(named(&[half, SizeGrowth::kept(16, 150_000.0, 12)]), "unbounded-map");
    }

    #[test]
    fn a_map_is_told_by_the_tables_that_a_library_makes() {
        let kept = SizeGrowth::kept(640, 9000.0, 20);
        let table = SizeGrowth::kept(49_152, 10.0, 1);
        let case = Case {
            surely_kept: true,
            tables_beside: vec![HeapSite::made(
                &["github.com/patrickmn/go-cache.(*cache).Set", "main.issue"],
                Some(1),
                &[table],
            )],
            ..Case::of_heap(vec![HeapSite::made(&["main.issue", "main.serve"], Some(0), &[kept])])
        };
        assert_eq!(name_cause(&case).entry.id, "unbounded-map");
        let elsewhere =
            Case { heap: vec![HeapSite::made(&["main.render", "main.serve"], Some(0), &[kept])], ..case };
        assert_eq!(name_cause(&elsewhere).entry.id, "retained-reference");
    }
}
