"""The program `pprof-leaks` as a step of an engine: the right one on this machine, with Arrow batches in and out.

Spark sends this file to the workers by value, so they need nothing but pyarrow.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import IO

import pyarrow as pa

NAME = "pprof-leaks"
ARCHITECTURES = ("x86_64", "aarch64", "arm64")
TAIL = 2000  # So much is kept of what a failed program said last.


class ProgramFailed(RuntimeError):
    """The program is missing, is another one, or ended with an error. The message is one line for people."""


@dataclass(frozen=True)
class Program:
    """The program as every worker must have it."""

    version: str
    # The name and SHA-256 of each file that travels with the job; without any, the program is on the worker's PATH.
    files: tuple[tuple[str, str], ...] = ()

    def stream(self, arguments: Sequence[str], batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Sends batches through one process of the program and gives what comes out. No batch, no process."""
        first = next(batches, None)
        if first is None:
            return
        broken: list[BaseException] = []
        with tempfile.TemporaryFile() as said:
            command = [located(self), *arguments]
            child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said)
            assert child.stdin and child.stdout
            # From a thread, as a full pipe on one side must not block the other.
            feeding = (child.stdin, chain([first], batches), first.schema, broken)
            feeder = threading.Thread(target=_feed, args=feeding, daemon=True)
            feeder.start()
            try:
                try:
                    yield from pa.ipc.open_stream(child.stdout)
                except pa.ArrowInvalid as problem:
                    broken.append(problem)
                child.stdout.close()
                feeder.join()
                status = child.wait()
            finally:
                child.kill()  # If the task was given up; otherwise it has ended.
            if status != 0:
                where = f"{NAME} {' '.join(arguments[:2])} on {socket.gethostname()}"
                raise ProgramFailed(f"{where} ended with status {status}: {_tail(said)}")
        if broken:
            raise broken[0]


def _feed(stdin: IO[bytes], batches: Iterator[pa.RecordBatch], schema: pa.Schema, broken: list[BaseException]) -> None:
    try:
        with stdin, pa.ipc.new_stream(stdin, schema) as out:
            for batch in batches:
                out.write_batch(batch)
    except BrokenPipeError:
        pass  # The program has ended, and its status says why.
    except BaseException as problem:  # What the engine could not read ends the task.
        broken.append(problem)


@functools.cache
def located(program: Program) -> str:
    """The path of the program on this machine, once it is known to be the right one."""
    host = socket.gethostname()
    path = _shipped(program.files) if program.files else shutil.which(NAME)
    if path is None:
        raise ProgramFailed(f"{NAME} is not on the PATH of worker {host}; install it there, or give --binary")
    found = version_of(path)
    if found != program.version:
        raise ProgramFailed(f"{path} on worker {host} is {found}, but the driver has {program.version}")
    return path


def _shipped(files: Sequence[tuple[str, str]]) -> str:
    from pyspark import SparkFiles

    machine, host = platform.machine(), socket.gethostname()
    for_all = [file for file in files if not file[0].endswith(ARCHITECTURES)]
    suiting = [file for file in files if file[0].endswith(machine)] + for_all
    if not suiting:
        raise ProgramFailed(f"no --binary is for {machine}, the architecture of worker {host}")
    name, digest = suiting[0]
    path = str(SparkFiles.get(name))
    if not os.path.exists(path) or sha256_of(path) != digest:
        raise ProgramFailed(f"{path} on worker {host} is not the file that was sent: its SHA-256 is not {digest}")
    return path


def sha256_of(path: str) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def version_of(path: str) -> str:
    """What a program says that it is."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60).stdout.strip()
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as problem:
        raise ProgramFailed(f"{path} on {socket.gethostname()} cannot be run: {problem}") from None
    if not said.startswith(f"{NAME} "):
        raise ProgramFailed(f"{path} on {socket.gethostname()} is not {NAME}")
    return said


def _tail(said: IO[bytes]) -> str:
    said.seek(max(0, said.seek(0, os.SEEK_END) - TAIL))
    return " ".join(said.read().decode("utf-8", "replace").split())
