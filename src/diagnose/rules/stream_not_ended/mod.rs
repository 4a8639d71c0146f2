//! Streams of gRPC that are dropped half-way.

use crate::diagnose::rule::Rule;

pub(super) const RULE: Rule = Rule::ROWS;

#[cfg(test)]
mod tests {
    use crate::diagnose::case::{HeapSite, SizeGrowth};
    use crate::diagnose::{Case, name_cause};

    #[test]
    fn a_stream_is_told_by_the_goroutine_beside_it() {
        let stack = ["runtime.selectgo", "google.golang.org/grpc.newClientStream.func5"];
        let cause = name_cause(&Case::waiting(&stack, None));
        assert_eq!(cause.entry.id, "stream-not-ended");
        assert!(cause.because[0].contains("stream") && cause.advice.contains("cancel"));
        // A unary call in flight is none.
        let unary =
            ["runtime.selectgo", "main.(*feed).Get", "google.golang.org/grpc.(*Server).processUnaryRPC"];
        assert_eq!(name_cause(&Case::waiting(&unary, Some(1))).entry.id, "goroutine-blocked-select");
    }

    #[test]
    fn the_contexts_of_streams_are_no_cause_of_their_own() {
        let stack = [
            "context.withCancel",
            "context.WithCancel",
            "google.golang.org/grpc.newClientStream",
            "google.golang.org/grpc.(*ClientConn).NewStream",
            "main.watch",
        ];
        let site = HeapSite::made(&stack, Some(4), &[SizeGrowth::kept(96, 9000.0, 12)]);
        assert_eq!(name_cause(&Case::of_heap(vec![site])).entry.id, "stream-not-ended");
    }
}
