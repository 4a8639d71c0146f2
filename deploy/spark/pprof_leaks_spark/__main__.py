"""`python -m pprof_leaks_spark STORE... -o report.json`, or this file given to `spark-submit`."""

from __future__ import annotations

import argparse
import re
import sys

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from pprof_leaks_spark import ProgramFailed, judge, report
from pprof_leaks_spark.program import NAME


def arguments() -> tuple[argparse.Namespace, list[str]]:
    """What was asked for, and what is for `fleet report`."""
    parser = argparse.ArgumentParser(
        prog="pprof_leaks_spark",
        description="Judges a fleet on Spark, as `pprof-leaks fleet STORE...` does on one machine.",
        epilog="All other options are those of `pprof-leaks fleet report`: --format, -o, --fail-on and so on.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("stores", nargs="+", metavar="STORE", help="a folder, or a URL such as s3a://bucket/store")
    add("--program", default=NAME, help="the program on this machine (default: from PATH)")
    sent = "a program that is sent to the workers, once for each architecture that names end with (default: from PATH)"
    add("--binary", action="append", default=[], metavar="FILE", help=sent)
    add("--since", metavar="DURATION", help="only snapshots of this time before the latest, as for `pprof-leaks fleet`")
    add("--job", metavar="REGEX", help="only services whose name matches, as for `pprof-leaks fleet`")
    add("--min-growth", default="10MiB", metavar="BYTES", help="as for `pprof-leaks fleet`")
    add("--memory-limit", metavar="BYTES", help="as for `pprof-leaks fleet`")
    add("--evidence", metavar="DIR", help="keep the rows of evidence here, as Parquet by job and day")
    return parser.parse_known_args()


def main() -> int:
    """Gives the exit status: that of `fleet report`, or 2."""
    asked, for_report = arguments()
    spark = SparkSession.builder.appName(NAME).getOrCreate()
    of_all = (asked.program, asked.binary, asked.min_growth, asked.memory_limit, asked.evidence, asked.job, asked.since)
    try:
        answers, listing = judge(spark, asked.stores, *of_all)
    except (ProgramFailed, PySparkException, Py4JError) as problem:
        print(f"{NAME}: error: {in_a_line(problem)}", file=sys.stderr)
        return 2
    finally:
        spark.stop()
    if listing.strange:
        passed = f"{listing.strange} files are not of a store and were passed over, one of them {listing.first_strange}"
        print(f"{NAME}: warning: {passed}", file=sys.stderr)
    return report(answers, asked.program, for_report)


def in_a_line(problem: BaseException) -> str:
    """What went wrong, without the traces of Spark around it."""
    on_worker = re.search(r"ProgramFailed: (.*)", str(problem))
    return on_worker.group(1) if on_worker else str(problem).strip().split("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
