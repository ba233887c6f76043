"""The results as tables: on the terminal as they come, and in docs/benchmarks.md after a complete run."""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from bench.load import Sample
from bench.measure import Result

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- results: written by `make bench` -->", "<!-- end of results -->"

HEADINGS = (
    "call",
    "way",
    "processes",
    "bytes",
    "floor /s",
    "ours /s",
    "rate ratio",
    "floor µs",
    "ours µs",
    "CPU ratio",
    "target",
    "",
)


@dataclass(frozen=True, slots=True)
class Promise:
    """A figure that is no comparison with the floor."""

    what: str
    measured: str
    target: str
    holds: bool


def mark(*, holds: bool) -> str:
    """What a reader looks for first."""
    return "ok" if holds else "BELOW"


def row(result: Result) -> list[str]:
    """One comparison as words."""
    return [
        result.case.name,
        result.way.value,
        str(result.processes),
        str(result.answer),
        f"{_rate(result.floor):,.0f}",
        f"{_rate(result.ours):,.0f}",
        f"{result.rate_ratio:.2f}",
        f"{_cpu(result.floor):.0f}",
        f"{_cpu(result.ours):.0f}",
        f"{result.cpu_ratio:.2f}",
        f"≥ {result.case.target:.2f}",
        mark(holds=result.holds),
    ]


def line(cells: Sequence[str]) -> str:
    """A row on the terminal."""
    widths = (38, 16, 9, 7, 9, 9, 10, 8, 8, 9, 7, 5)
    return " ".join(
        cell.ljust(width) if at < 2 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )


def sentence(promise: Promise) -> str:
    """A promise on the terminal."""
    return f"{promise.what}: {promise.measured}; target {promise.target}: {mark(holds=promise.holds)}"


def markdown(results: Iterable[Result], promises: Iterable[Promise]) -> str:
    """All results for the page, with the machine that they are of."""
    table = [_cells(HEADINGS), _cells(["---", "---"] + ["--:"] * (len(HEADINGS) - 3) + ["---"])]
    table += [_cells(row(result)) for result in results]
    others = [_cells(["promise", "measured", "target", ""]), _cells(["---", "---", "---", "---"])]
    others += [_cells([each.what, each.measured, each.target, mark(holds=each.holds)]) for each in promises]
    return "\n".join([machine(), "", *table, "", *others])


def write(text: str) -> None:
    """Put the results into the page, in place of the last ones."""
    page = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"{PAGE.name} has no place for the results: {BEGIN} … {END}")
    PAGE.write_text(pattern.sub(lambda _: f"{BEGIN}\n\n{text}\n\n{END}", page), encoding="utf-8")


def machine() -> str:
    """What the numbers are of."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("grpcio", "protobuf", "asyncpg", "uvloop"))
    return (
        f"{datetime.now(UTC):%Y-%m-%d} on {_processor()}, {len(os.sched_getaffinity(0))} cores, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {packages}."
    )


def _processor() -> str:
    for fact in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = fact.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor()


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rate(samples: Sequence[Sample]) -> float:
    return median(sample.rate for sample in samples)


def _cpu(samples: Sequence[Sample]) -> float:
    return median(sample.cpu for sample in samples)
