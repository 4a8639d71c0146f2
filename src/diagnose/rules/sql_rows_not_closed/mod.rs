//! Query results and transactions that stay open.

use crate::diagnose::case::Case;
use crate::diagnose::library_waits::waits_where;
use crate::diagnose::rule::Rule;

pub(super) const RULE: Rule =
    Rule { advice: &[("connections of a pool", is_a_connection_alone)], ..Rule::ROWS };

/// Whether nothing tells which query or transaction keeps a connection.
fn is_a_connection_alone(case: &Case<'_>) -> bool {
    case.waits.is_empty()
        && waits_where(case).is_none()
        && !case.facts.iter().any(|fact| fact.kind.leaves_open())
}

#[cfg(test)]
mod tests {
    use crate::diagnose::case::{HeapSite, SizeGrowth};
    use crate::diagnose::{Case, Cause, name_cause};

    fn cause(stack: &[&'static str]) -> Cause {
        let kept = SizeGrowth::kept(4096, 2000.0, 16);
        name_cause(&Case::of_heap(vec![HeapSite::made(stack, Some(stack.len() - 1), &[kept])]))
    }

    #[test]
    fn pooled_connections_are_told_by_who_allocates() {
        let dialled = cause(&[
            "bufio.NewReaderSize",
            "github.com/lib/pq.(*Connector).open",
            "database/sql.(*DB).conn",
            "main.list",
        ]);
        assert_eq!(dialled.entry.id, "sql-rows-not-closed");
        assert!(dialled.advice.contains("need not be who keeps it"));
    }
}
