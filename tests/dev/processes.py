"""What tests of processes ask of the operating system."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path


def alive(pid: int) -> bool:
    """Whether a process is there and more than a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_gone(*pids: int, seconds: float = 10) -> None:
    """Return when none of the processes is there any more; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while left := [pid for pid in pids if alive(pid)]:
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.02)


async def eventually(check: Callable[[], object], seconds: float = 10) -> None:
    """Return when `check()` is true; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


def slowness() -> float:
    """How many times longer than alone a program takes on this machine now: wall time per CPU time, 1.0 when idle."""
    wall, cpu = time.perf_counter(), time.process_time()
    while time.process_time() - cpu < 0.2:
        hash(bytes(10_000))
    return max(1.0, (time.perf_counter() - wall) / 0.2)
