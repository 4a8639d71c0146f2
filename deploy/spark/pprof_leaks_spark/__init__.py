"""Judges the Go heap and goroutine profiles of a fleet on Spark, with the program `pprof-leaks` on every worker."""

from .fleet import Listing, evidence, judge, pool, read, report, survey
from .program import Program, ProgramFailed

__all__ = ["Listing", "Program", "ProgramFailed", "evidence", "judge", "pool", "read", "report", "survey"]
