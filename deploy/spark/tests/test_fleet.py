"""A fleet on two real executors: the same bytes as on one machine, whatever happens on the way.

PPROF_LEAKS is a program built with the feature `fleet`; TESTDATA is the folder of recordings.
"""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import duckdb
import pyarrow as pa
from pyspark.sql import SparkSession

from pprof_leaks_spark import Program, ProgramFailed, evidence, fleet, judge, pool, read, report
from pprof_leaks_spark.__main__ import in_a_line
from pprof_leaks_spark.program import sha256_of, version_of

PROGRAM = os.path.abspath(os.environ["PPROF_LEAKS"])
TESTDATA = pathlib.Path(os.environ["TESTDATA"])
os.environ["PYSPARK_PYTHON"] = sys.executable
HERE = pathlib.Path(__file__).resolve().parents[1]


def put(store: pathlib.Path, job: str, instance: str, recording: str) -> pathlib.Path:
    """A recording as an instance in a store, with a snapshot an hour."""
    for kind in ("heap", "goroutine"):
        folder = store / job / instance / kind
        folder.mkdir(parents=True)
        for file in sorted((TESTDATA / recording).glob(f"{kind}-0*.pb.gz")):
            hour = int(file.name.split("-")[1].split(".")[0])
            (folder / f"20261124T{hour:02}0000-000Z.pb.gz").write_bytes(file.read_bytes())
    return store / job / instance


def on_one_machine(store: pathlib.Path, *options: str) -> bytes:
    command = [PROGRAM, "fleet", store, "--anew", "--format", "json", *options]
    made = subprocess.run(command, capture_output=True)
    assert made.returncode in (0, 3), made.stderr
    return made.stdout


class Fleet(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()
        cls.work = pathlib.Path(cls.folder.name)
        cls.store = cls.work / "store"
        for number in range(3):
            put(cls.store, "shop", f"shop-{number}:6060", "map-cache")
            put(cls.store, "007", f"host%2f{number}", "map-cache-fixed")
        put(cls.store, "blog", "blog:6060", "blocked-goroutine")
        cls.expected = on_one_machine(cls.store)
        assert b"sessionCache" in cls.expected
        settings = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
        settings = settings.config("spark.ui.showConsoleProgress", "false")
        cls.spark = settings.config("spark.sql.shuffle.partitions", "4").getOrCreate()
        cls.spark.sparkContext.setLogLevel("OFF")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.spark.stop()
        cls.folder.cleanup()

    def on_spark(self, store: pathlib.Path, **options) -> bytes:
        answers, self.listing = judge(self.spark, [str(store)], PROGRAM, **{"binaries": [PROGRAM], **options})
        out = self.work / "report.json"
        self.assertIn(report(answers, PROGRAM, ["--format", "json", "-o", str(out)]), (0, 3))
        return out.read_bytes()

    def script(self, name: str, text: str) -> str:
        path = self.work / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return str(path)

    def failure(self, **options) -> str:
        with self.assertRaises(Exception) as caught:
            self.on_spark(self.store, **options)
        return in_a_line(caught.exception)

    def test_the_same_bytes_and_evidence_for_queries(self) -> None:
        keep = self.work / "evidence"
        for _ in range(2):  # The second time replaces the day.
            self.assertEqual(self.on_spark(self.store, keep=str(keep)), self.expected)
        rows = subprocess.run([PROGRAM, "fleet", "evidence", self.store, "--anew"], capture_output=True).stdout
        rows = [json.loads(line) for line in rows.splitlines()]
        kept = f"read_parquet('{keep}/*/*/*.parquet', hive_partitioning = true, hive_types_autocast = false)"
        self.assertEqual(duckdb.sql(f"SELECT count(*), min(day) FROM {kept}").fetchall(), [(len(rows), "2026-11-24")])
        answers = {}
        for query in (HERE / "queries").glob("*.sql"):
            answers[query.stem] = duckdb.sql(query.read_text().replace("EVIDENCE", str(keep))).fetchall()
        self.assertIn(("shop", "suspicious", 3), [row[:3] for row in answers["growth"]])
        self.assertEqual(answers["places"][0][:3], ("shop", "main.(*sessionCache).open", 3))
        self.assertIn("main.(*sessionCache).open", [row[1] for row in answers["builds"]])

    def test_an_executor_that_is_killed_changes_nothing(self) -> None:
        slow = self.script("slow", f'[ "$2" != evidence ] || sleep 3\nexec {PROGRAM} "$@"')
        killed: list[int] = []

        def kill() -> None:
            # A child that sleeps before it judges: shell, Python worker, daemon, executor.
            while not killed:
                time.sleep(0.1)
                found = subprocess.run(["pgrep", "-f", "CoarseGrainedExecutorBackend"], capture_output=True, text=True)
                busy = subprocess.run(["pgrep", "-f", "slow fleet evidence"], capture_output=True, text=True).stdout
                mine = [int(pid) for pid in found.stdout.split() if self.is_mine(int(pid))]
                if busy and mine:
                    os.kill(mine[0], signal.SIGKILL)
                    killed.append(mine[0])

        killer = threading.Thread(target=kill, daemon=True)
        killer.start()
        self.assertEqual(self.on_spark(self.store, binaries=[slow]), self.expected)
        self.assertTrue(killed, "an executor was killed in the middle")

    def is_mine(self, pid: int) -> bool:
        """Whether a process descends from this one."""
        while pid > 1:
            if pid == os.getpid():
                return True
            try:
                stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
            except OSError:
                return False
            pid = int(stat.rsplit(")", 1)[1].split()[1])
        return False

    def test_damaged_and_foreign_files_lose_nothing_else(self) -> None:
        store = self.work / "damaged"
        put(store, "shop", "good:6060", "map-cache")
        bad = put(store, "shop", "bad:6060", "map-cache") / "heap"
        (bad / "20261124T030000-000Z.pb.gz").write_bytes(b"no profile")
        half = bad / "20261124T040000-000Z.pb.gz"
        half.write_bytes(half.read_bytes()[:100])
        (store / "notes.txt.gz").write_bytes(b"notes")
        (bad / "copy.pb.gz").write_bytes(b"copy")
        self.assertEqual(self.on_spark(store), on_one_machine(store))
        self.assertEqual(self.listing.strange, 2)

    def test_jobs_and_times_are_chosen_as_on_one_machine(self) -> None:
        store = self.work / "chosen"
        put(store, "shop", "new:6060", "map-cache")
        for file in (put(store, "shop", "gone:6060", "map-cache") / "heap").iterdir():
            file.rename(file.with_name(file.name.replace("20261124", "20261101")))
        put(store, "a%20b", "new:6060", "map-cache-fixed")
        put(store, "blog", "new:6060", "blocked-goroutine")
        (store / "notes.txt.gz").write_bytes(b"notes")
        all_of_it = on_one_machine(store)
        for chosen in (
            {"job": "(?i)^A B$|log"},
            {"since": "1d 12h"},
            {"job": "shop", "since": "2.5h"},
            {"job": "shop", "since": "60d", "memory_limit": "512MiB"},
        ):
            options = [part for name, value in chosen.items() for part in (f"--{name.replace('_', '-')}", value)]
            expected = on_one_machine(store, *options)
            self.assertNotEqual(expected, all_of_it, options)
            self.assertEqual(self.on_spark(store, **chosen), expected, options)
            self.assertEqual(self.listing.strange, 1)
        for chosen, line in (
            ({"job": "["}, r"^--job: `\[` is not a regular expression: "),
            ({"job": "none"}, "^no snapshots of a service that matches `none` in "),
            ({"since": "a week"}, "^--since: `a week` is not a duration; write it like 90s, 5m, 48h or 14d$"),
        ):
            with self.assertRaisesRegex(ProgramFailed, line):
                self.on_spark(store, **chosen)

    def test_wrong_programs_are_named_in_a_line(self) -> None:
        path = os.environ["PATH"].split(":")
        self.assertFalse(any(os.path.exists(f"{folder}/pprof-leaks") for folder in path), "none is on PATH here")
        self.assertRegex(self.failure(binaries=[]), "^pprof-leaks is not on the PATH of worker .*; install it there")
        other = self.script("other", "echo pprof-leaks 0.1.0")
        self.assertRegex(
            self.failure(binaries=[other]), "/other on worker .* is pprof-leaks 0.1.0, but the driver has "
        )
        self.assertRegex(self.failure(binaries=[self.script("sh", "echo hello")]), "/sh on .* is not pprof-leaks$")
        dies = self.script("dies", f'[ "$1" = fleet ] || exec {PROGRAM} "$@"\necho out of luck >&2; exit 9')
        line = "^pprof-leaks fleet evidence on .* ended with status 9: out of luck$"
        self.assertRegex(self.failure(binaries=[dies]), line)
        self.spark.sparkContext.addFile(PROGRAM)
        forged = Program(version_of(PROGRAM), ((os.path.basename(PROGRAM), "0" * 64),))
        with self.assertRaisesRegex(Exception, "is not the file that was sent"):
            evidence(read(self.spark, [str(self.store)]), forged, fleet.columns(PROGRAM), 2).collect()

    def test_an_empty_store_is_one_line_and_status_2(self) -> None:
        (self.work / "empty").mkdir()
        for store, line in (("empty", "no snapshots in "), ("nowhere", "Path does not exist")):
            command = [sys.executable, "-m", "pprof_leaks_spark", str(self.work / store), "--program", PROGRAM]
            environment = {**os.environ, "PYSPARK_SUBMIT_ARGS": "--master local[1] pyspark-shell"}
            ended = subprocess.run(command, capture_output=True, text=True, env=environment)
            self.assertEqual(ended.returncode, 2)
            self.assertIn(line, ended.stderr.strip().splitlines()[-1])

    def test_rows_out_of_order_are_refused_with_what_the_program_says(self) -> None:
        columns = fleet.columns(PROGRAM)
        program = Program(version_of(PROGRAM), ((os.path.basename(PROGRAM), sha256_of(PROGRAM)),))
        self.spark.sparkContext.addFile(PROGRAM)
        rows = evidence(read(self.spark, [str(self.store)]), program, columns, 2)
        older = rows.withColumn("version", rows["version"] - 1)
        with self.assertRaisesRegex(Exception, "fleet pool on .* ended with status 2: .*version"):
            pool(older, program).collect()

    def test_a_shell_judges_the_same(self) -> None:
        (self.work / "bin").mkdir()
        (self.work / "bin" / "pprof-leaks").symlink_to(PROGRAM)
        environment = {**os.environ, "PATH": f"{self.work}/bin:{os.environ['PATH']}"}
        command = [HERE / "by-shell", self.store, "--format", "json"]
        self.assertEqual(subprocess.run(command, env=environment, capture_output=True).stdout, self.expected)


class Stream(unittest.TestCase):
    def test_a_problem_of_the_engine_is_its_own(self) -> None:
        def batches():
            yield pa.record_batch({"path": pa.array(["x"]), "content": pa.array([b""])})
            raise KeyError("the engine")

        os.environ["PATH"], before = f"{os.path.dirname(PROGRAM)}:{os.environ['PATH']}", os.environ["PATH"]
        try:
            with self.assertRaisesRegex((KeyError, ProgramFailed), "the engine"):
                list(Program(version_of(PROGRAM)).stream(["fleet", "evidence", "--rows", "arrow"], batches()))
        finally:
            os.environ["PATH"] = before


if __name__ == "__main__":
    unittest.main(verbosity=2)
