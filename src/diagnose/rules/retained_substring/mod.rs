//! Parts of strings, each of which keeps the whole.

use super::retained_subslice::LARGE;
use crate::diagnose::Certainty;
use crate::diagnose::case::Case;
use crate::diagnose::rule::{Rule, Shown, alone, shown};
use crate::diagnose::source_reading::{cuts_a_part, part_of_a_whole};
use crate::diagnose::symbols::WHOLE_STRINGS;

pub(super) const RULE: Rule = Rule {
    memory: &[whole_strings],
    source: &[|case| part_of_a_whole(case, true, "strings.Clone")],
    advice: &[("texts of which no part is known", |case| !cuts_a_part(case, true))],
    ..Rule::ROWS
};

fn whole_strings(case: &Case<'_>) -> Option<Shown> {
    let size = case.mean_size_under(|function| WHOLE_STRINGS.has(function))?;
    let what = "large strings stay; if only a part of each is needed, clone that part";
    (size >= LARGE && case.waits.is_empty()).then(|| shown(alone(case, Certainty::Low), what))?
}

#[cfg(test)]
mod tests {
    use crate::diagnose::case::{HeapSite, SizeGrowth};
    use crate::diagnose::source_reading::made::{container, fact, place};
    use crate::diagnose::{Case, Certainty, WaitSite, name_cause};
    use crate::source::{Container, Fact, FactKind};

    /// What keeps a part in a map.
    fn kept(part: &Fact) -> Fact {
        Fact { cut: Some(part.place.clone()), ..fact(FactKind::MapEntry(container())) }
    }

    #[test]
    fn parts_are_no_cause_of_goroutines() {
        let part = fact(FactKind::Sliced { of: None, is_string: true });
        let facts = vec![part.clone(), kept(&part)];
        let cause = name_cause(&Case { facts: facts.clone(), ..Case::new(None) });
        assert_eq!((cause.entry.id, cause.certainty), ("retained-substring", Certainty::High));
        let waits = vec![WaitSite { stack: vec!["p.f"], own: None, count: 9.0 }];
        let cause = name_cause(&Case { waits, facts, ..Case::new(None) });
        assert_ne!(cause.entry.id, "retained-substring");
    }

    #[test]
    fn a_conversion_is_not_said_to_return_something() {
        let because = |of: &str| {
            let part = fact(FactKind::Sliced { of: Some(of.to_owned()), is_string: true });
            let facts = vec![part.clone(), kept(&part)];
            name_cause(&Case { facts, ..Case::new(None) }).because.join(" ")
        };
        assert!(because("string").contains("and with it the whole;"), "{}", because("string"));
        assert!(because("read").contains("and with it all that read returned;"), "{}", because("read"));
    }

    #[test]
    fn what_keeps_that_very_part_is_quoted() {
        let cut = |line| Fact { place: place(line), ..fact(FactKind::Sliced { of: None, is_string: true }) };
        let kept = |line, cut, kind| Fact { place: place(line), cut: Some(place(cut)), ..fact(kind) };
        let field = |name: &str| FactKind::Stored {
            container: Container { expression: name.to_owned(), ..container() },
            links_previous: false,
        };
        let quoted = |facts: Vec<Fact>| {
            name_cause(&Case { facts, ..Case::new(None) })
                .because
                .into_iter()
                .find(|why| why.contains("takes a part"))
        };
        // A field holds one, and a map any number of them.
        let ring = kept(4, 4, field("l.recent"));
        let map = kept(5, 3, FactKind::MapEntry(container()));
        let said = quoted(vec![cut(3), cut(4), ring, map]);
        assert!(
            said.as_ref().is_some_and(|why| why.contains("p.go:3") && why.contains("p.go:5")),
            "{said:?}"
        );
        // Two parts of one value may be all of the whole.
        let halves = vec![cut(3), cut(4), kept(3, 3, field("r.head")), kept(4, 4, field("r.body"))];
        assert_eq!(quoted(halves), None);
    }

    #[test]
    fn strings_that_are_small_keep_little() {
        let named = |allocates, size| {
            let site =
                HeapSite::made(&[allocates, "main.read"], Some(1), &[SizeGrowth::kept(size, 900.0, 9)]);
            name_cause(&Case::of_heap(vec![site])).entry.id
        };
        let (reads, puts_together) = ("bufio.(*Reader).ReadString", "strings.(*Builder).WriteString");
        assert_eq!([named(reads, 4096), named(reads, 64)], ["retained-substring", "retained-reference"]);
        assert_eq!(named(puts_together, 4096), "retained-reference");
    }
}
