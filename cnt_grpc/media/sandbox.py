"""Programs that read what strangers sent run behind walls: which walls this machine has, and starting behind them.

`jail.py` puts them up. Namespaces (no network, no file but the job's folder) need a kernel and a container that allow
them, a filter of system calls (no sockets, no second process) only a kernel; limits hold everywhere on Linux. What is
missing is logged once, when the worker starts.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import structlog

from cnt_grpc.media import jail
from cnt_grpc.media.jail import yield_to_others

__all__ = ["NICENESS", "Bounds", "Command", "Walls", "available", "end", "report", "start", "yield_to_others"]

_JAIL: Final = str(Path(jail.__file__))
NICENESS: Final = 15
"""What is made in the background yields to those who wait for an answer."""

_GB: Final = 1024**3
_log = structlog.get_logger("cnt.media.sandbox")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a program may use up."""

    seconds: int = 3 * 3600
    """Until it is ended."""
    memory: int = 6 * _GB
    """Bytes of address space."""
    largest: int = 20 * _GB
    """Bytes of a file that it writes."""
    files: int = 256
    """Open at once."""

    def of_kernel(self) -> Mapping[str, int]:
        """As setrlimit knows them."""
        # A second of processor time is not one of the clock: with every thread busy, hours go by in minutes.
        cpu = self.seconds * (os.cpu_count() or 1) + 1
        return {"AS": self.memory, "CPU": cpu, "FSIZE": self.largest, "NOFILE": self.files, "CORE": 0}


@dataclass(frozen=True, slots=True)
class Walls:
    """What this machine can put around a program."""

    namespaces: bool
    filter: bool
    missing: str = ""
    """Why not all, in words."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program to start in a folder."""

    program: str
    arguments: Sequence[str]
    folder: Path
    """The only files that it sees, where namespaces are allowed; it starts there."""
    inputs: Sequence[str] = ()
    """Names of files in the folder that it must not write to."""
    bounds: Bounds = field(default_factory=Bounds)


async def start(command: Command, walls: Walls | None = None) -> Process:
    """Start it; stdout and stderr are pipes. End it with `end`, whatever happens."""
    walls = walls or available()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-S",
        "-B",
        _JAIL,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        cwd=command.folder,
        env={},
        start_new_session=True,
    )
    assert process.stdin is not None
    asked = _asked(command, walls)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(asked)
        process.stdin.close()
    return process


async def end(process: Process) -> None:
    """Kill it and whatever it started, unless it has ended."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


@cache
def available() -> Walls:
    """What can be put up here; found out by trying, once a process."""
    if not sys.platform.startswith("linux"):
        return Walls(namespaces=False, filter=False, missing="only Linux has walls for programs")
    problems = {}
    for name, walls in (("namespaces", Walls(True, False)), ("filter", Walls(False, True))):  # noqa: FBT003
        problem = _try(walls)
        if problem:
            problems[name] = problem
    missing = "; ".join(f"no {name}: {problem}" for name, problem in problems.items())
    return Walls("namespaces" not in problems, "filter" not in problems, missing)


def report() -> None:
    """Log what is missing on this machine; for the start of a worker."""
    walls = available()
    if walls.missing:
        _log.warning("programs that read media run with fewer walls", missing=walls.missing)


def _try(walls: Walls) -> str:
    """Why a program cannot be started behind these; "" when it can."""
    import subprocess  # noqa: PLC0415  (once a process, before anything waits for the loop)

    with TemporaryDirectory(prefix="cnt-walls-") as folder:
        command = Command("/bin/true", [], Path(folder))
        tried = subprocess.run(  # noqa: PLW1510
            [sys.executable, "-I", "-S", "-B", _JAIL], input=_asked(command, walls), capture_output=True, timeout=20
        )
    return "" if tried.returncode == 0 else tried.stderr.decode(errors="replace").strip()[:200] or "it does not start"


def _asked(command: Command, walls: Walls) -> bytes:
    return json.dumps(
        {
            "program": os.path.realpath(command.program),
            "arguments": list(command.arguments),
            "folder": str(command.folder),
            "inputs": list(command.inputs),
            "limits": dict(command.bounds.of_kernel()),
            "environment": {"LANG": "C.UTF-8"},
            "nice": NICENESS,
            "namespaces": walls.namespaces,
            "filter": walls.filter,
            "parent": os.getpid(),
        }
    ).encode()
