//! Rules about values that something still refers to: whole buffers for the sake of a part, callbacks, all else that is kept.

use super::case::{Case, HeapSite};
use super::heap::{A_GOOD_PART, alone};
use super::{Certainty, Finding, finding};
use crate::profile::{is_host, package_of};

/// From this mean size on, a buffer that was read is worth keeping a part of by mistake.
const LARGE: f64 = 1024.0;
/// So many places where goroutines pile up are named.
const PILES_TOLD: usize = 3;

/// The mean size in bytes of what grew at stacks that call a function for which `test` holds, if that is a good part.
fn mean_size(case: &Case<'_>, test: impl Fn(&str) -> bool) -> Option<f64> {
    let matching = || {
        let under = |site: &&HeapSite<'_>| site.called().iter().any(|function| test(function));
        case.heap.iter().filter(under).flat_map(|site| &site.sizes).filter(|size| size.bytes > 0.0)
    };
    let (bytes, objects) =
        (matching().map(|s| s.bytes).sum::<f64>(), matching().map(|s| s.objects).sum::<f64>());
    (objects > 0.0 && bytes >= A_GOOD_PART * case.heap_growth()).then_some(bytes / objects)
}

pub(super) fn subslice(case: &Case<'_>) -> Option<Finding> {
    let reads = |function: &str| {
        [
            "os.ReadFile",
            "os.readFileContents",
            "io.ReadAll",
            "io/ioutil.ReadAll",
            "io/ioutil.ReadFile",
            "bytes.(*Buffer).ReadFrom",
            "bufio.(*Scanner).Scan",
            "bufio.(*Reader).ReadBytes",
            "encoding/json.(*Decoder).refill",
        ]
        .contains(&function)
    };
    (mean_size(case, reads)? >= LARGE && !case.containers_grow).then(|| {
        let what = "whole buffers that were read stay; if only a part of each is needed, copy that part";
        finding("retained-subslice", alone(case, Certainty::Low), what)
    })?
}

pub(super) fn substring(case: &Case<'_>) -> Option<Finding> {
    let builds = |function: &str| {
        function.starts_with("strings.(*Builder).") || function == "bufio.(*Reader).ReadString"
    };
    (mean_size(case, builds)? >= LARGE).then(|| {
        let what = "large strings stay; if only a part of each is needed, clone that part";
        finding("retained-substring", alone(case, Certainty::Low), what)
    })?
}

/// What the names of functions begin with that take something in until it is taken out again.
const REGISTERS: [&str; 14] = [
    "subscribe",
    "queuesubscribe",
    "listen",
    "addobserver",
    "addlistener",
    "addhandler",
    "addcallback",
    "addhook",
    "addfunc",
    "addjob",
    "addeventhandler",
    "onevent",
    "onchange",
    "onconfigchange",
];

pub(super) fn listener(case: &Case<'_>) -> Option<Finding> {
    let named = |function: &&str| {
        let name = function.rsplit('.').next().unwrap_or(function).to_ascii_lowercase();
        REGISTERS.iter().any(|n| name.starts_with(n))
    };
    let site = case.heap.iter().max_by(|a, b| a.bytes().total_cmp(&b.bytes()))?;
    // Own code that registers, or what it calls of a library.
    let own = site.own?;
    let is_library = |function: &&&str| package_of(function).split('/').next().is_some_and(is_host);
    let called = site.stack[..own].iter().filter(is_library).find(|function| named(function));
    let name = called.or_else(|| site.stack.get(own).filter(|function| named(function)))?;
    finding(
        "listener-not-removed",
        alone(case, Certainty::Low),
        format!("{name} registers something that stays"),
    )
}

/// What own code allocates and keeps: something that lives long refers to it, goroutines or others.
pub(super) fn reference(case: &Case<'_>) -> Option<Finding> {
    let own: f64 = case.heap.iter().filter(|site| site.own.is_some()).map(HeapSite::bytes).sum();
    let kept = case.surely_kept || case.kept.is_some_and(|kept| kept > 0.25);
    (case.waits.is_empty() && kept && own > 0.5 * case.heap_growth())
        .then(|| finding("retained-reference", Certainty::Low, who_refers(case)))?
}

/// Who may refer to what is kept, as far as is known.
fn who_refers(case: &Case<'_>) -> String {
    // Of what is made here most may come and go.
    let what = match case.kept {
        Some(kept) if kept < 0.5 => "a part of what is allocated here stays",
        _ => "what is allocated here stays",
    };
    if case.running.is_none() {
        return format!(
            "{what}: something refers to it; whether goroutines do, a goroutine profile would tell"
        );
    }
    if case.goroutines_beside.is_empty() {
        return format!("{what}, and no goroutine that piles up holds it: something that lives long does");
    }
    let as_many = case.goroutines_beside.iter().find_map(|pile| Some((pile, pile.as_many?)));
    if let Some((pile, (objects, error))) = as_many {
        return format!(
            "{what}, and as many objects do as goroutines pile up in {} ({objects:.0} ± {error:.0} and \
             {:.0}): these may be what holds it, so look at them first",
            pile.function, pile.gained
        );
    }
    let told = case.goroutines_beside.iter().take(PILES_TOLD);
    let told: Vec<String> = told.map(|pile| format!("{} ({:.0} more)", pile.function, pile.gained)).collect();
    let more = match case.goroutines_beside.len().saturating_sub(PILES_TOLD) {
        0 => String::new(),
        more => format!(" and {more} more places"),
    };
    format!("{what}; whether the goroutines that pile up hold it is not known: {}{more}", told.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::case::{PileUp, SizeGrowth};
    use super::super::name_cause;
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn only_what_was_read_is_cut_into_parts() {
        let sizes = [SizeGrowth::kept(8192, 500.0, 8)];
        let named = |stack: &[&'static str], own| {
            name_cause(&Case::of_heap(vec![HeapSite::made(stack, Some(own), &sizes)])).entry.id
        };
        let written = ["bytes.growSlice", "bytes.(*Buffer).grow", "bytes.(*Buffer).Write", "main.render"];
        assert_eq!(named(&written, 3), "retained-reference");
        assert_eq!(
            named(&["bytes.growSlice", "bytes.(*Buffer).ReadFrom", "main.load"], 2),
            "retained-subslice"
        );
        assert_eq!(named(&["main.load"], 0), "retained-reference");
    }

    #[test]
    fn that_no_goroutine_holds_it_is_said_only_where_none_piles_up() {
        let running = BTreeSet::new();
        let mut case = Case::new(Some(&running));
        assert!(who_refers(&case).contains("no goroutine that piles up holds it"));
        let pile = |function: &str, as_many| PileUp { function: function.to_owned(), gained: 353.0, as_many };
        case.goroutines_beside =
            vec![pile("stream.From[...].func1", None), pile("stream.Map[...].func1", None)];
        let told = who_refers(&case);
        assert!(told.contains("is not known: stream.From[...].func1 (353 more), stream.Map"), "{told}");
        case.goroutines_beside[1].as_many = Some((331.4, 45.2));
        let told = who_refers(&case);
        assert!(told.contains("pile up in stream.Map[...].func1 (331 ± 45 and 353)"), "{told}");
        case.running = None;
        assert!(who_refers(&case).contains("a goroutine profile would tell"));
    }

    #[test]
    fn what_a_library_takes_in_is_registered() {
        let named = |stack: &[&'static str]| {
            let kept = SizeGrowth::kept(96, 20_000.0, 12);
            name_cause(&Case::of_heap(vec![HeapSite::made(stack, Some(stack.len() - 1), &[kept])])).entry.id
        };
        assert_eq!(named(&["github.com/robfig/cron.(*Cron).AddFunc", "main.save"]), "listener-not-removed");
        assert_eq!(named(&["main.(*hub).subscribe"]), "listener-not-removed");
        assert_eq!(named(&["github.com/robfig/cron.(*Cron).Start", "main.save"]), "retained-reference");
    }
}
