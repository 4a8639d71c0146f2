//! Parts of buffers, each of which keeps the whole.

use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{Rule, Shown, alone, shown};
use crate::diagnose::source_reading::{cuts_a_part, part_of_a_whole, points_to_element};
use crate::diagnose::symbols::WHOLE_READS;

/// From this mean size on, a buffer that was read is worth keeping a part of by mistake.
pub(super) const LARGE: f64 = 1024.0;

pub(super) const RULE: Rule = Rule {
    memory: &[whole_buffers],
    source: &[|case| part_of_a_whole(case, false, "bytes.Clone or slices.Clone")],
    advice: &[
        ("buffers of which no part is known", |case| !cuts_a_part(case, false)),
        ("a pointer to one element", |case| case.facts.iter().any(points_to_element)),
    ],
    ..Rule::ROWS
};

fn whole_buffers(case: &Case<'_>) -> Option<Shown> {
    let size = case.mean_size_under(|function| WHOLE_READS.has(function))?;
    let what = "whole buffers that were read stay; if only a part of each is needed, copy that part";
    (size >= LARGE && !case.containers_grow && case.waits.is_empty())
        .then(|| shown(alone(case, Certainty::Low), what))?
}

#[cfg(test)]
mod tests {
    use crate::diagnose::case::{HeapSite, SizeGrowth};
    use crate::diagnose::source_reading::made::{container, fact};
    use crate::diagnose::{Case, name_cause};
    use crate::source::{Fact, FactKind};

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
    fn buffers_alone_do_not_show_that_a_part_is_kept() {
        let sizes = [SizeGrowth::kept(8192, 500.0, 8)];
        let read = || HeapSite::made(&["io.ReadAll", "main.load"], Some(1), &sizes);
        let advice = |facts| name_cause(&Case { facts, ..Case::of_heap(vec![read()]) }).advice;
        assert!(advice(Vec::new()).contains("kept on purpose"));
        let part = fact(FactKind::Sliced { of: None, is_string: false });
        let kept = Fact { cut: Some(part.place.clone()), ..fact(FactKind::MapEntry(container())) };
        assert!(!advice(vec![part, kept]).contains("kept on purpose"));
    }
}
