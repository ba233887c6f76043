"""How much the tests here do: all of what the promises name with CNT_FAULTS_FULL=1, about a twentieth without."""

import os
import sys

FULL = os.environ.get("CNT_FAULTS_FULL") == "1"
"""Set by `make faults`."""


def size(full: int, *, least: int = 1) -> int:
    """So many of what the promise names `full` of."""
    return full if FULL else max(least, full // 20)


def say(text: str) -> None:
    """A figure for whoever runs this with `-s` or `-rP`."""
    sys.stdout.write(f"\n{text}\n")
