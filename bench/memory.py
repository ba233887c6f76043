"""How much memory the processes of a measurement come to hold, looked at while something happens."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

_PROC = Path("/proc")
_EVERY = 0.02
"""Seconds between two looks."""


@dataclass
class Peaks:
    """The most that each process held, in bytes: of its own, not of files that are mapped or of shared buffers."""

    of: dict[int, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    began: frozenset[int] = frozenset()
    """Those that were there at first; the others came and perhaps went."""

    def look(self) -> None:
        """Once more."""
        for pid in _below(os.getpid()):
            self.of[pid] = max(self.of.get(pid, 0), _anonymous(pid))
            self.names[pid] = _name(pid) or self.names.get(pid, "")

    @property
    def passing(self) -> int:
        """The most that a process held which came meanwhile."""
        return max((held for pid, held in self.of.items() if pid not in self.began), default=0)

    def growth(self, before: "Peaks") -> tuple[int, str]:
        """By how much the process grew that grew most, and its name; of those that came meanwhile, the largest ones.

        `before`: what was seen while something small happened.
        """
        lasting = [
            (held - before.of[pid], self.names[pid])
            for pid, held in self.of.items()
            if pid in before.of and pid in self.began
        ]
        return max(*lasting, (self.passing - before.passing, "a process that came and went"))


@contextmanager
def watched() -> Iterator[Peaks]:
    """Look at all that this process has started, and they in turn, until the block ends."""
    peaks, over = Peaks(), Event()
    peaks.look()
    peaks.began = frozenset(peaks.of)

    def go_on() -> None:
        while not over.is_set():
            peaks.look()
            time.sleep(_EVERY)

    thread = Thread(target=go_on)
    thread.start()
    try:
        yield peaks
    finally:
        over.set()
        thread.join()


def _below(root: int) -> list[int]:
    """All processes that came from this one, however far down."""
    children: dict[int, list[int]] = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(folder.name))
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _name(pid: int) -> str:
    try:
        words = (_PROC / str(pid) / "cmdline").read_bytes().decode().split("\0")
    except OSError:
        return ""
    # Of python -m bench.server the module, of others the program.
    return words[2] if words[1:2] == ["-m"] else Path(words[0]).name


def _anonymous(pid: int) -> int:
    try:
        status = (_PROC / str(pid) / "status").read_text()
    except OSError:
        return 0
    _, there, rest = status.partition("RssAnon:")
    return int(rest.split()[0]) * 1024 if there else 0
