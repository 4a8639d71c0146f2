"""`spark-submit` or `python -m pprof_leaks_spark STORE... -o report.json`."""

from __future__ import annotations

import argparse
import re
import sys

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from pprof_leaks_spark import ProgramFailed, judge, report
from pprof_leaks_spark.program import NAME


def arguments() -> tuple[argparse.Namespace, list[str]]:
    """What was asked for, and what is for `fleet report`."""
    parser = argparse.ArgumentParser(
        prog="pprof_leaks_spark",
        description="Judges the stores of a fleet on Spark, as `pprof-leaks fleet STORE...` does on one machine.",
        epilog="All other options are those of `pprof-leaks fleet report`: --format, -o, --fail-on, --top, and so on.",
        allow_abbrev=False,
    )
    parser.add_argument("stores", nargs="+", metavar="STORE", help="a folder, or a URL such as s3a://bucket/store")
    parser.add_argument("--program", default=NAME, help="the program on this machine (default: from PATH)")
    parser.add_argument(
        "--binary",
        action="append",
        default=[],
        metavar="FILE",
        help="a static program that travels to the workers; once for each architecture, where the names end with that, as in "
        "pprof-leaks-aarch64. Without it, workers have the program on their PATH",
    )
    parser.add_argument("--min-growth", default="10MiB", metavar="BYTES")
    parser.add_argument("--memory-limit", metavar="BYTES")
    parser.add_argument("--evidence", metavar="DIR", help="keep the rows of evidence here too, as Parquet by job and day")
    return parser.parse_known_args()


def main() -> int:
    """Gives the exit status: that of `fleet report`, or 2."""
    asked, for_report = arguments()
    spark = SparkSession.builder.appName(NAME).getOrCreate()
    try:
        answers, listing = judge(
            spark, asked.stores, asked.program, asked.binary, asked.min_growth, asked.memory_limit, asked.evidence
        )
    except (ProgramFailed, PySparkException, Py4JJavaError, OSError) as problem:
        print(f"{NAME}: error: {in_a_line(problem)}", file=sys.stderr)
        return 2
    finally:
        spark.stop()
    if listing.strange:
        passed = f"{listing.strange} files are not of a store and were passed over, the first of them: {listing.first_strange}"
        print(f"{NAME}: warning: {passed}", file=sys.stderr)
    return report(answers, asked.program, for_report)


def in_a_line(problem: BaseException) -> str:
    """What went wrong, without the traces of Spark around it."""
    text = str(problem)
    on_worker = re.search(r"ProgramFailed: (.*)", text)
    return on_worker.group(1) if on_worker else text.strip().split("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
