//! Transactions that are neither committed nor rolled back.

use crate::diagnose::rule::Rule;

pub(super) const RULE: Rule = Rule::ROWS;

#[cfg(test)]
mod tests {
    use crate::diagnose::case::{HeapSite, SizeGrowth};
    use crate::diagnose::{Case, Certainty, name_cause};

    #[test]
    fn transactions_are_told_by_the_goroutine_beside_them() {
        let beside = |function| name_cause(&Case::waiting(&["runtime.gopark", function], None));
        let cause = beside("database/sql.(*Tx).awaitDone");
        assert_eq!((cause.entry.id, cause.certainty), ("transaction-not-ended", Certainty::High));
        assert_eq!(beside("database/sql.(*Rows).awaitDone").entry.id, "sql-rows-not-closed");
    }

    #[test]
    fn those_of_bolt_are_told_by_who_allocates_them() {
        let stack = ["go.etcd.io/bbolt.(*DB).beginTx", "go.etcd.io/bbolt.(*DB).Begin", "main.read"];
        let site = HeapSite::made(&stack, Some(2), &[SizeGrowth::kept(256, 9000.0, 12)]);
        assert_eq!(name_cause(&Case::of_heap(vec![site])).entry.id, "transaction-not-ended");
    }
}
