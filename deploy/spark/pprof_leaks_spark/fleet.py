"""A fleet judged on Spark: evidence is made by instance and pooled by job. docs/fleet.md is the contract of both."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Callable, NamedTuple
from urllib.parse import unquote

import pyarrow as pa
from pyspark import StorageLevel, cloudpickle
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType

from . import program as program_module
from .program import NAME, Program, ProgramFailed, sha256_of, version_of

cloudpickle.register_pickle_by_value(program_module)  # type: ignore[no-untyped-call]

IN_STORE = r"([^/]+)/([^/]+)/[a-z]+/(\d{8}T\d{6}-\d{3}Z)[^/]*\.(pb|txt)\.gz$"
STAMP = "%Y%m%dT%H%M%S-%fZ"
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
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


def choose(files: DataFrame, job: str | None, since: str | None, local: str = NAME) -> DataFrame:
    """The files that `pprof-leaks fleet --job --since` takes, and those of no store. None is opened for it."""
    name, time = (F.regexp_extract("path", IN_STORE, group) for group in (1, 3))
    if job is not None:
        there = [row[0] for row in files.select(name).distinct().collect()]
        files = files.where(name.isin(["", *matching(there, job, local)]))
    if since is not None:
        ago = seconds(since)
        latest = files.agg(F.max(time)).collect()[0][0]
        if latest:
            files = files.where((time == "") | (time >= before(latest, ago)))
    return files


def matching(folders: Sequence[str], job: str, local: str = NAME) -> list[str]:
    """The folders of jobs whose names match, as the program itself says: it reads the expression and the names."""
    paths = [f"{folder}/any/heap/19700101T000000-000Z.pb.gz" for folder in folders if folder]
    rows = _ask(local, paths, ["--job", job])
    known = set(rows.column("job").to_pylist())
    return [folder for folder in folders if unquote(folder) in known]


def seconds(since: str) -> float:
    """A duration as the program reads it: 90s, 5m, 48h, 14d, 1d 12h."""
    parts = re.findall(r"([\d.]+)\s*([a-z]+)\s*", since)
    try:
        sum_of = sum(float(number) * UNITS[unit] for number, unit in parts)
    except (KeyError, ValueError):
        sum_of = 0.0
    if sum_of <= 0 or "".join(number + unit for number, unit in parts) != "".join(since.split()):
        raise ProgramFailed(f"--since: `{since}` is not a duration; write it like 90s, 5m, 48h or 14d")
    return sum_of


def before(stamp: str, ago: float) -> str:
    """The stamp of the first millisecond that is no longer than so many seconds before another."""
    try:
        moment = datetime.strptime(stamp, STAMP) - timedelta(seconds=ago)
    except OverflowError:
        return ""
    moment += timedelta(microseconds=-moment.microsecond % 1000)
    return f"{moment:%Y%m%dT%H%M%S}-{moment.microsecond // 1000:03}Z"


def survey(files: DataFrame) -> Listing:
    """What lies there. No file is opened for it."""
    job, instance, time = (F.regexp_extract("path", IN_STORE, group) for group in (1, 2, 3))
    strange = job == ""
    row = files.agg(
        F.count(F.when(~strange, 1)),
        F.countDistinct(F.when(~strange, F.concat_ws("/", job, instance))),
        F.coalesce(F.sum("length"), F.lit(0)),
        F.max(F.substring(time, 1, 8)),
        F.count(F.when(strange, 1)),
        F.min(F.when(strange, F.col("path"))),
    )
    return Listing(*row.collect()[0])


def columns(local: str) -> StructType:
    """The columns of evidence, as the program itself says."""
    return from_arrow_schema(_ask(local, []).schema)


def _ask(local: str, paths: Sequence[str], options: Sequence[str] = ()) -> pa.Table:
    """The rows that the program makes of empty files."""
    files = pa.table({"path": pa.array(paths, pa.string()), "content": pa.array([b""] * len(paths), pa.binary())})
    sent = pa.BufferOutputStream()
    with pa.ipc.new_stream(sent, files.schema) as out:
        out.write_table(files)
    command = [local, "fleet", "evidence", "--rows", "arrow", *options]
    made = subprocess.run(command, input=sent.getvalue().to_pybytes(), capture_output=True)
    if made.returncode != 0:
        raise ProgramFailed(made.stderr.decode("utf-8", "replace").strip().removeprefix("pprof-leaks: error: "))
    return pa.ipc.open_stream(made.stdout).read_all()


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
    job: str | None = None,
    since: str | None = None,
) -> tuple[list[str], Listing]:
    """The answers of all jobs, as JSON, and what lies in the stores.

    `local` is the program on this machine, and `binaries` travel to the workers. The rows of evidence are kept in the
    folder `keep`, as Parquet by job and day. Only jobs whose name matches `job`, a regular expression of the program,
    are judged, and only snapshots taken in the time `since` before the latest one of these.
    """
    program, of = ship(spark, local, binaries), columns(local)
    files = choose(read(spark, stores), job, since, local)
    listing = survey(files)
    if listing.snapshots == 0:
        of_job = "" if job is None else f"of a service that matches `{job}` "
        raise ProgramFailed(f"no snapshots {of_job}in {', '.join(stores)}; a store has JOB/INSTANCE/heap/TIME.pb.gz")
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
