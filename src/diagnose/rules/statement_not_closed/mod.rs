//! Prepared statements that nobody closes.

use crate::diagnose::rule::Rule;

pub(super) const RULE: Rule = Rule::ROWS;

#[cfg(test)]
mod tests {
    use crate::diagnose::case::{HeapSite, SizeGrowth};
    use crate::diagnose::{Case, name_cause};

    #[test]
    fn statements_are_told_by_who_prepares() {
        let named = |stack: &[&'static str]| {
            let kept = SizeGrowth::kept(4096, 2000.0, 16);
            name_cause(&Case::of_heap(vec![HeapSite::made(stack, Some(stack.len() - 1), &[kept])])).entry.id
        };
        let prepared =
            ["github.com/lib/pq.(*conn).prepareTo", "database/sql.(*DB).PrepareContext", "main.list"];
        assert_eq!(named(&prepared), "statement-not-closed");
        let queried = ["github.com/lib/pq.(*conn).query", "database/sql.(*DB).QueryContext", "main.list"];
        assert_ne!(named(&queried), "statement-not-closed");
    }
}
