"""Processes of a measurement: started on their own cores, watched for the time they use, and always stopped."""

import os
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cnt_grpc.dev.tether import tethered

ROOT = Path(__file__).parents[1]
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Cores:
    """Which cores serve, and which do everything else: the load, Envoy and Postgres."""

    servers: frozenset[int]
    others: frozenset[int]

    @classmethod
    def of(cls, processes: int) -> "Cores":
        """A core for each server process and the rest for the others; all for all where there are too few."""
        all_of_them = sorted(MACHINE)
        if len(all_of_them) <= processes:
            return cls(MACHINE, MACHINE)
        return cls(frozenset(all_of_them[:processes]), frozenset(all_of_them[processes:]))

    @property
    def apart(self) -> bool:
        """Whether servers have cores to themselves."""
        return not self.servers & self.others


MACHINE = frozenset(os.sched_getaffinity(0))
"""The cores that we may use, as of the start."""


def put_on(pid: int, cores: Iterable[int]) -> None:
    """Move a process with all its threads to these cores; what it starts from now on stays there."""
    for thread in (Path("/proc") / str(pid) / "task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and all its threads since its start, to the nanosecond.

    Linux has a clock for each process, whose number is made from the pid (clock_getcpuclockid(3)); /proc counts in
    hundredths of a second only.
    """
    return time.clock_gettime(~pid << 3 | 2)


def rss(pid: int) -> int:
    """Bytes of memory that a process holds."""
    pages = int((Path("/proc") / str(pid) / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


class Process:
    """A child that prints a line when it is ready."""

    def __init__(self, command: Sequence[str], cores: Iterable[int], given: str = "") -> None:
        self._process = subprocess.Popen(
            tethered(command), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        put_on(self._process.pid, cores)
        assert self._process.stdin is not None
        with self._process.stdin as stdin:
            stdin.write(given)

    @property
    def pid(self) -> int:
        """For its clock and its memory."""
        return self._process.pid

    def ready(self) -> list[int]:
        """The numbers on its first line: its ports. RuntimeError when it ends before it says them."""
        assert self._process.stdout is not None
        words = self._process.stdout.readline().split()
        if not words:
            raise RuntimeError(f"{self._process.args!r} ended at start: {self._process.wait()}")
        return [int(word) for word in words]

    def kill(self) -> None:
        """End it at once: nothing of it is needed any more."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextmanager
def running(*processes: Process) -> Iterator[None]:
    """Kill these processes when the block ends."""
    try:
        yield
    finally:
        for process in processes:
            process.kill()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
