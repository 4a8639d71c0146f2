"""What a fleet costs at four sizes, on one machine and on Spark, as docs/fleet.md has it.

usage: python costs.py PROGRAM GENERATOR [INSTANCES...], at the root of the repository, with pprof_leaks_spark on
PYTHONPATH. PROGRAM is pprof-leaks with the feature `fleet`, and GENERATOR the example `fleet`.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
import tempfile
import time

from pyspark.sql import SparkSession

from pprof_leaks_spark import judge, report

SERVICES = 4
SNAPSHOTS = 24


def main() -> int:
    """Prints the table."""
    program, generator, *sizes = sys.argv[1:]
    settings = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
    spark = settings.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    # The executors start with the first work they get.
    spark.range(8).repartition(2).count()
    print("| instances | snapshots | MB read | `fleet`, s | on Spark, s | rows | bytes a row as JSON | as Parquet |")
    print("|" + " --- |" * 8)
    for instances in [int(size) for size in sizes] or [20, 80, 320, 1280]:
        with tempfile.TemporaryDirectory() as folder:
            print(row(spark, pathlib.Path(folder), program, generator, instances), flush=True)
    spark.stop()
    return 0


def row(spark: SparkSession, folder: pathlib.Path, program: str, generator: str, instances: int) -> str:
    """One size."""
    store, parquet = folder / "store", folder / "evidence"
    plan = {"jobs": SERVICES, "instances": instances // SERVICES, "snapshots": SNAPSHOTS, "leaks": SERVICES}
    options = [text for name, value in plan.items() for text in (f"--{name}", str(value))]
    subprocess.run([generator, "make", store, *options], check=True, stdout=subprocess.DEVNULL)
    files = list(store.rglob("*.pb.gz"))
    size = sum(file.stat().st_size for file in files)
    began = time.monotonic()
    here = subprocess.run([program, "fleet", store, "--anew", "--format", "json"], stdout=subprocess.PIPE, check=False)
    alone = time.monotonic() - began
    began = time.monotonic()
    answers, _ = judge(spark, [str(store)], program, binaries=[program], keep=str(parquet))
    on_spark = time.monotonic() - began
    out = folder / "report.json"
    report(answers, program, ["--format", "json", "-o", str(out)])
    if out.read_bytes() != here.stdout:
        raise SystemExit("Spark's report is another one")
    rows = subprocess.run([program, "fleet", "evidence", store], stdout=subprocess.PIPE, check=True).stdout
    count = rows.count(b"\n")
    kept = sum(file.stat().st_size for file in parquet.rglob("*.parquet"))
    figures = [f"{size / 1e6:.1f}", f"{alone:.1f}", f"{on_spark:.1f}", f"{count:,}", len(rows) // count, kept // count]
    return f"| {instances} | {len(files):,} | " + " | ".join(str(figure) for figure in figures) + " |"


if __name__ == "__main__":
    sys.exit(main())
