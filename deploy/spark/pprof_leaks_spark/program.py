"""The program `pprof-leaks` as a step of an engine: found and checked on a machine, with Arrow batches in and out.

Nothing here knows of Spark but the place where it puts files; it is sent to the workers by value, so that they need nothing but pyarrow.
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
from dataclasses import dataclass
from itertools import chain
from typing import Iterator, Sequence

import pyarrow as pa

NAME = "pprof-leaks"
# So much of what a failed program said last is kept.
TAIL = 2000


class ProgramFailed(RuntimeError):
    """The program is not there, is another one, or ended with an error. The message is one line for people."""


@dataclass(frozen=True)
class Program:
    """The program as the driver wants it on every worker."""

    version: str
    # Of each file that travels with the job: its name and SHA-256. Without any, the program is on the worker's PATH.
    files: tuple[tuple[str, str], ...] = ()

    def locate(self) -> str:
        """The path of the program on this machine, once it is known to be the right one."""
        return _checked(self)

    def stream(self, arguments: Sequence[str], batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Sends batches through one process of the program, and gives what comes out. Without any batch there is no process."""
        first = next(batches, None)
        if first is None:
            return
        with tempfile.TemporaryFile() as messages:
            child = subprocess.Popen(
                [self.locate(), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=messages
            )
            problems: list[BaseException] = []
            # Standard input is written from a thread: a full pipe on one side must not block the other.
            feeder = threading.Thread(target=_feed, args=(child, first, batches, problems), daemon=True)
            feeder.start()
            try:
                try:
                    yield from pa.ipc.open_stream(child.stdout)
                except (pa.ArrowInvalid, OSError):
                    # It stopped in the middle of its answer; why, its status and its messages say.
                    child.kill() if child.poll() is None and problems else None
                feeder.join()
                status = child.wait()
            finally:
                if child.poll() is None:
                    child.kill()
                    child.wait()
            if problems:
                raise problems[0]
            if status != 0:
                raise ProgramFailed(f"{_here(arguments)} ended with status {status}: {_tail(messages)}")


def _feed(
    child: subprocess.Popen[bytes],
    first: pa.RecordBatch,
    rest: Iterator[pa.RecordBatch],
    problems: list[BaseException],
) -> None:
    assert child.stdin is not None
    try:
        with child.stdin, pa.ipc.new_stream(child.stdin, first.schema) as out:
            for batch in chain([first], rest):
                out.write_batch(batch)
    except BrokenPipeError:
        pass  # It has ended, and its status says why.
    except BaseException as problem:  # What the engine could not read is its own error, and ends the task.
        problems.append(problem)
        child.kill()


@functools.lru_cache(maxsize=None)
def _checked(program: Program) -> str:
    path = _shipped(program.files) if program.files else shutil.which(NAME)
    if path is None:
        raise ProgramFailed(f"{NAME} is not on the PATH of worker {socket.gethostname()}; install it there, or give --binary")
    found = version_of(path)
    if found != program.version:
        raise ProgramFailed(f"{path} on worker {socket.gethostname()} is {found}, and the driver has {program.version}")
    return path


def _shipped(files: tuple[tuple[str, str], ...]) -> str:
    from pyspark import SparkFiles

    machine = platform.machine()
    suiting = [file for file in files if file[0].endswith(machine)] or [file for file in files if _is_for_all(file[0])]
    if not suiting:
        raise ProgramFailed(f"no --binary is for {machine}, the architecture of worker {socket.gethostname()}")
    name, digest = suiting[0]
    path = SparkFiles.get(name)
    if not os.path.exists(path):
        raise ProgramFailed(f"{path} is not there on worker {socket.gethostname()}")
    if sha256_of(path) != digest:
        raise ProgramFailed(f"{path} on worker {socket.gethostname()} is not the file that the driver sent (its SHA-256 differs)")
    return path


def _is_for_all(name: str) -> bool:
    """A file is for one architecture if its name ends with that."""
    return not name.endswith(("x86_64", "aarch64", "arm64"))


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
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise ProgramFailed(f"{path} on {socket.gethostname()} cannot be run: {problem}") from None
    words = answer.stdout.strip()
    if answer.returncode != 0 or not words.startswith(f"{NAME} "):
        raise ProgramFailed(f"{path} on {socket.gethostname()} is not {NAME}")
    return words


def _here(arguments: Sequence[str]) -> str:
    return f"{NAME} {' '.join(arguments[:2])} on worker {socket.gethostname()}"


def _tail(messages) -> str:
    messages.seek(0, os.SEEK_END)
    messages.seek(max(0, messages.tell() - TAIL))
    return " ".join(messages.read().decode("utf-8", "replace").split()) or "it said nothing"
