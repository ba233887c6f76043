"""How far a command has come: a bar on standard error, where somebody looks at it."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

T = TypeVar("T")


def counted(items: Iterable[T]) -> Iterator[T]:
    """The same items, with a bar that says how many of them are done and how long the rest takes."""
    every, console = list(items), Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # What the command prints stands above the bar on a screen, and goes untouched where it is written to a file.
    is_seen = console.is_terminal
    with Progress(
        *columns,
        console=console,
        disable=not is_seen,
        redirect_stdout=is_seen and sys.stdout.isatty(),
        redirect_stderr=False,
    ) as bar:
        yield from bar.track(every)
