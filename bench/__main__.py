"""Measure: `python -m bench` all of it, `--quick` in a minute, `list` what there is, and one thing by its name."""

import argparse
import asyncio
import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench import report
from bench.cases import Case, Way, cases
from bench.measure import Effort, Result, compare
from bench.report import Promise
from bench.system import Database, database, pair

PODCASTS = 10_000
KEYS = [case.key for case in cases(podcast_id=1)]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything."""

    direct: Effort
    edge: Effort
    """For each of the ways through Envoy."""


FULL = Plan(direct=Effort(rounds=7, seconds=1.0), edge=Effort(rounds=5, seconds=0.6))
QUICK = Plan(direct=Effort(rounds=3, seconds=0.3), edge=Effort(rounds=1, seconds=0.3))
TINY = Plan(direct=Effort(rounds=1, seconds=0.02, warm_up=0.0), edge=Effort(rounds=1, seconds=0.02, warm_up=0.0))


@dataclass(slots=True)
class Run:
    """What was found so far; printed as it is found."""

    plan: Plan
    keys: Sequence[str]
    """What to measure; nothing is all of it."""
    results: list[Result] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)

    def wants(self, key: str) -> bool:
        """Whether this was asked for."""
        return not self.keys or key in self.keys

    def calls(self, found: Database, processes: Sequence[int]) -> None:
        """Compare every call with the floor, on every way."""
        wanted = [case for case in cases(found.podcast_id) if self.wants(case.key)]
        if not wanted:
            return
        print(report.line(report.HEADINGS))
        for count in processes:
            with pair(found, wanted, processes=count) as servers:
                for case, way in _turns(wanted, count):
                    effort = self.plan.edge if way.edge else self.plan.direct
                    result = compare(found, servers, case, way, effort)
                    self.results.append(result)
                    print(report.line(report.row(result)), flush=True)


def _turns(wanted: Sequence[Case], processes: int) -> Iterator[tuple[Case, Way]]:
    """Each call on each of its ways; with several processes only those on which something new can happen."""
    for case in wanted:
        for way in case.ways:
            if processes == 1 or way in (Way.DIRECT, Way.EDGE_GRPC):
                yield case, way


async def measure(run: Run, *, podcasts: int, processes: Sequence[int]) -> None:
    """Measure what was asked for."""
    async with database(podcasts) as found:
        # The load must not stop to look for garbage in the middle of a turn.
        gc.freeze()
        run.calls(found, processes)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; always 0, for a measurement informs and decides nothing."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if unknown := set(options.what) - {*KEYS, "list"}:
        parser.error(f"nothing is called {', '.join(sorted(unknown))}; `list` shows what there is")
    if options.what == ["list"]:
        for case in cases(podcast_id=1):
            print(f"{case.key:10} {case.name}: at least {case.target:.2f} of the floor")
        return 0
    run = Run(QUICK if options.quick else FULL, options.what)
    print(report.machine())
    asyncio.run(measure(run, podcasts=options.podcasts, processes=options.processes))
    text = report.markdown(run.results, run.promises)
    if not options.what and not options.quick:
        report.write(text)
        print(f"\nWritten to {report.PAGE.name}.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the system against a floor.")
    parser.add_argument("what", nargs="*", metavar="NAME", help="`list` shows the names")
    parser.add_argument("--quick", action="store_true", help="in a minute, and less exact; nothing is written down")
    parser.add_argument("--podcasts", type=int, default=PODCASTS, help=f"rows of the catalogue ({PODCASTS})")
    parser.add_argument(
        "--processes", type=int, nargs="+", default=[1, 2], metavar="N", help="numbers of server processes (1 2)"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
