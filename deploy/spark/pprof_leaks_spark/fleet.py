"""A fleet judged on Spark: the store is read, evidence made by instance, and pooled by job. docs/fleet.md is the contract of the steps."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import Iterator, Sequence

import pyarrow as pa
from pyspark import StorageLevel, cloudpickle
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType

from . import program as program_module
from .program import NAME, Program, ProgramFailed, sha256_of, version_of

# Workers get the code of the step with the job, and need not have this package.
cloudpickle.register_pickle_by_value(program_module)

SNAPSHOTS = StructType().add("path", "string").add("content", "binary")
IN_STORE = r"([^/]+)/([^/]+)/[a-z]+/(\d{8})T\d{6}-\d{3}Z[^/]*\.(pb|txt)\.gz$"
# So many bytes of snapshots are a task, if that makes more than four a core.
TASK_BYTES = 64 << 20
# So many snapshots, and rows, are sent to the program at once; Spark's 10,000 snapshots would be gigabytes.
BATCH_SETTING, BATCH = "spark.sql.execution.arrow.maxRecordsPerBatch", "256"


@dataclass(frozen=True)
class Listing:
    """What lies in a store."""

    snapshots: int
    instances: int
    bytes: int
    # The day of the latest snapshot, YYYY-MM-DD.
    day: str
    # Files that are no snapshots of a store, and the first of them.
    strange: int
    first_strange: str | None


def ship(spark: SparkSession, local: str, binaries: Sequence[str]) -> Program:
    """The program that workers have to have: files that travel with the job, or what is on their PATH, of the version of `local`."""
    for path in binaries:
        spark.sparkContext.addFile(path)
    files = tuple((os.path.basename(path), sha256_of(path)) for path in binaries)
    return Program(version_of(local), files)


def read(spark: SparkSession, stores: Sequence[str]) -> DataFrame:
    """The snapshots of stores, on any file system that Spark can read: path, length, content."""
    source = spark.read.format("binaryFile").option("recursiveFileLookup", "true")
    return source.option("pathGlobFilter", "*.{pb,txt}.gz").load(list(stores))


def survey(files: DataFrame) -> Listing:
    """What lies in a store, by the names and sizes of its files alone."""
    parts = [F.regexp_extract("path", IN_STORE, group) for group in (1, 2, 3)]
    is_strange = parts[0] == ""
    row = files.select("path", "length", *[part.alias(name) for part, name in zip(parts, ("job", "instance", "day"))]).agg(
        F.count(F.when(~is_strange, 1)).alias("snapshots"),
        F.countDistinct(F.when(~is_strange, F.concat_ws("/", parts[0], parts[1]))).alias("instances"),
        F.coalesce(F.sum("length"), F.lit(0)).alias("bytes"),
        F.coalesce(F.max(parts[2]), F.lit("")).alias("day"),
        F.count(F.when(is_strange, 1)).alias("strange"),
        F.min(F.when(is_strange, F.col("path"))).alias("first_strange"),
    ).collect()[0]
    day = row["day"]
    return Listing(**{**row.asDict(), "day": f"{day[:4]}-{day[4:6]}-{day[6:]}"})


def columns(local: str) -> StructType:
    """The columns of evidence, as the program itself says."""
    none = pa.BufferOutputStream()
    pa.ipc.new_stream(none, pa.schema([("path", pa.string()), ("content", pa.binary())])).close()
    made = subprocess.run([local, "fleet", "evidence", "--rows", "arrow"], input=none.getvalue().to_pybytes(), capture_output=True)
    if made.returncode != 0:
        raise ProgramFailed(f"{local}: {made.stderr.decode('utf-8', 'replace').strip()}")
    return from_arrow_schema(pa.ipc.open_stream(made.stdout).schema)


def evidence(files: DataFrame, program: Program, of: StructType, tasks: int, options: Sequence[str] = ()) -> DataFrame:
    """The first step: snapshots become rows, each instance in one task."""
    arguments = ["fleet", "evidence", "--rows", "arrow", *options]

    def step(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return program.stream(arguments, batches)

    keyed = files.where(F.col("path").rlike(IN_STORE)).select(
        "path", "content", *[F.regexp_extract("path", IN_STORE, group).alias(name) for group, name in ((1, "j"), (2, "i"))]
    )
    sorted_by_instance = keyed.repartition(tasks, "j", "i").sortWithinPartitions("j", "i", "path")
    return sorted_by_instance.select("path", "content").mapInArrow(step, of)


def pool(rows: DataFrame, program: Program, options: Sequence[str] = ()) -> DataFrame:
    """The second step: rows of evidence become answers, each job in one task."""
    arguments = ["fleet", "pool", "--rows", "arrow", *options]

    def step(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return program.stream(arguments, batches)

    in_order = rows.repartition("job").sortWithinPartitions("job", "instance", "seq")
    return in_order.mapInArrow(step, "job string, answer string")


def judge(
    spark: SparkSession,
    stores: Sequence[str],
    local: str = NAME,
    binaries: Sequence[str] = (),
    min_growth: str = "10MiB",
    memory_limit: str | None = None,
    keep: str | None = None,
) -> tuple[list[str], Listing]:
    """The answers of all jobs of some stores, as JSON, and what was there. `local` is the program on this machine; evidence is kept
    in the folder `keep` as Parquet, by job and day."""
    program, of = ship(spark, local, binaries), columns(local)
    files = read(spark, stores)
    listing = survey(files)
    if listing.snapshots == 0:
        where = ", ".join(stores)
        raise ProgramFailed(f"there are no snapshots in {where}; a store has them as JOB/INSTANCE/heap/TIME.pb.gz")
    tasks = max(1, min(listing.instances, max(4 * spark.sparkContext.defaultParallelism, listing.bytes // TASK_BYTES)))
    growth = ["--min-growth", min_growth]
    rows = evidence(files, program, of, tasks, growth + (["--memory-limit", memory_limit] if memory_limit else []))
    before = spark.conf.get(BATCH_SETTING)
    spark.conf.set(BATCH_SETTING, BATCH)
    try:
        if keep:
            # Both uses take the rows that were made once.
            rows = rows.persist(StorageLevel.DISK_ONLY)
            out = rows.withColumn("day", F.lit(listing.day)).write.partitionBy("job", "day")
            out.mode("overwrite").option("partitionOverwriteMode", "dynamic").parquet(keep)
        answers = [row["answer"] for row in pool(rows, program, growth).collect()]
    finally:
        spark.conf.set(BATCH_SETTING, before)
        rows.unpersist()
    return answers, listing


def report(answers: Sequence[str], local: str = NAME, options: Sequence[str] = ()) -> int:
    """The last step, on this machine: answers become the report. Gives the exit status of `fleet report`."""
    text = "".join(f"{answer}\n" for answer in answers)
    return subprocess.run([local, "fleet", "report", "-", *options], input=text.encode()).returncode
