"""A fleet judged on Spark: evidence is made by instance and pooled by job. docs/fleet.md is the contract of both."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any, Callable, NamedTuple

import pyarrow as pa
from pyspark import StorageLevel, cloudpickle
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType

from . import program as program_module
from .program import NAME, Program, ProgramFailed, sha256_of, version_of

cloudpickle.register_pickle_by_value(program_module)  # type: ignore[no-untyped-call]

IN_STORE = r"([^/]+)/([^/]+)/[a-z]+/(\d{8})T\d{6}-\d{3}Z[^/]*\.(pb|txt)\.gz$"
TASK_BYTES = 64 << 20  # So many bytes of snapshots are a task, if that makes more than four a core.
# So many snapshots are sent at once; 10,000 of them, which is Spark's default, could be gigabytes.
BATCH_SETTING, BATCH = "spark.sql.execution.arrow.maxRecordsPerBatch", "256"


class Listing(NamedTuple):
    """What lies in a store, by the names and sizes of its files."""

    snapshots: int
    instances: int
    bytes: int
    day: str  # Of the latest snapshot, YYYYMMDD.
    strange: int  # Files that are not named as in a store.
    first_strange: str


def ship(spark: SparkSession, local: str, binaries: Sequence[str]) -> Program:
    """What workers must have: one of these files, sent to them, or on their PATH what `local` is."""
    for path in binaries:
        spark.sparkContext.addFile(path)
    return Program(version_of(local), tuple((os.path.basename(path), sha256_of(path)) for path in binaries))


def read(spark: SparkSession, stores: Sequence[str]) -> DataFrame:
    """The files of stores on any file system that Spark knows: path, length, content."""
    source = spark.read.format("binaryFile").option("recursiveFileLookup", "true")
    return source.option("pathGlobFilter", "*.{pb,txt}.gz").load(list(stores))


def survey(files: DataFrame) -> Listing:
    """What lies there. No file is opened for it."""
    job, instance, day = (F.regexp_extract("path", IN_STORE, group) for group in (1, 2, 3))
    strange = job == ""
    row = files.agg(
        F.count(F.when(~strange, 1)),
        F.countDistinct(F.when(~strange, F.concat_ws("/", job, instance))),
        F.coalesce(F.sum("length"), F.lit(0)),
        F.max(day),
        F.count(F.when(strange, 1)),
        F.min(F.when(strange, F.col("path"))),
    )
    return Listing(*row.collect()[0])


def columns(local: str) -> StructType:
    """The columns of evidence, as the program itself says."""
    none = pa.BufferOutputStream()
    pa.ipc.new_stream(none, pa.schema([("path", pa.string()), ("content", pa.binary())])).close()
    command = [local, "fleet", "evidence", "--rows", "arrow"]
    made = subprocess.run(command, input=none.getvalue().to_pybytes(), capture_output=True)
    if made.returncode != 0:
        raise ProgramFailed(made.stderr.decode("utf-8", "replace").strip())
    return from_arrow_schema(pa.ipc.open_stream(made.stdout).schema)


def evidence(files: DataFrame, program: Program, of: StructType, tasks: int, options: Sequence[str] = ()) -> DataFrame:
    """The first step: snapshots become rows, all of an instance in one task."""
    job, instance = (F.regexp_extract("path", IN_STORE, group) for group in (1, 2))
    keyed = files.select("path", "content", job.alias("j"), instance.alias("i")).where("j <> ''")
    together = keyed.repartition(tasks, "j", "i").sortWithinPartitions("j", "i", "path")
    return together.select("path", "content").mapInArrow(_step(program, "evidence", options), of)


def pool(rows: DataFrame, program: Program, options: Sequence[str] = ()) -> DataFrame:
    """The second step: rows become answers, all of a job in one task."""
    together = rows.repartition("job").sortWithinPartitions("job", "instance", "seq")
    return together.mapInArrow(_step(program, "pool", options), "job string, answer string")


def _step(program: Program, name: str, options: Sequence[str]) -> Callable[[Iterator[Any]], Iterator[Any]]:
    arguments = ["fleet", name, "--rows", "arrow", *options]
    return lambda batches: program.stream(arguments, batches)


def judge(
    spark: SparkSession,
    stores: Sequence[str],
    local: str = NAME,
    binaries: Sequence[str] = (),
    min_growth: str = "10MiB",
    memory_limit: str | None = None,
    keep: str | None = None,
) -> tuple[list[str], Listing]:
    """The answers of all jobs, as JSON, and what lies in the stores.

    `local` is the program on this machine, and `binaries` travel to the workers. The rows of evidence are kept in the
    folder `keep`, as Parquet by job and day.
    """
    program, of, files = ship(spark, local, binaries), columns(local), read(spark, stores)
    listing = survey(files)
    if listing.snapshots == 0:
        raise ProgramFailed(f"no snapshots in {', '.join(stores)}; a store has JOB/INSTANCE/heap/TIME.pb.gz")
    tasks = min(listing.instances, max(4 * spark.sparkContext.defaultParallelism, listing.bytes // TASK_BYTES))
    growth = ["--min-growth", min_growth]
    rows = evidence(files, program, of, tasks, growth + (["--memory-limit", memory_limit] if memory_limit else []))
    before = str(spark.conf.get(BATCH_SETTING))
    spark.conf.set(BATCH_SETTING, BATCH)
    try:
        if keep:
            rows = rows.persist(StorageLevel.DISK_ONLY)  # Written and pooled, but made once.
            day = F.to_date(F.lit(listing.day), "yyyyMMdd")
            writer = rows.withColumn("day", day).write.partitionBy("job", "day").mode("overwrite")
            # Not Snappy: its library for Java breaks wherever musl is installed beside glibc.
            writer = writer.option("compression", "zstd")
            writer.option("partitionOverwriteMode", "dynamic").parquet(keep)
        return [row["answer"] for row in pool(rows, program, growth).collect()], listing
    finally:
        rows.unpersist()
        spark.conf.set(BATCH_SETTING, before)


def report(answers: Sequence[str], local: str = NAME, options: Sequence[str] = ()) -> int:
    """The last step, on this machine: answers become the report. Gives the exit status."""
    lines = "".join(f"{answer}\n" for answer in answers)
    return subprocess.run([local, "fleet", "report", "-", *options], input=lines.encode()).returncode
