"""Measure: `python -m bench` all of it, `--quick` in a minute, `list` what there is, and one thing by its name."""

import argparse
import gc
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bench import beside_edits, edits, gifts, overload, plays, quotes, report, streams, uploads
from bench.cases import Case, Way, cases
from bench.measure import Effort, Result, compare
from bench.report import Promise
from bench.system import Database, database, pair

PODCASTS = 10_000
STREAMS = 10_000

OTHERS = {
    "overload": "three times as many calls as the server can do, through Envoy",
    "streams": f"{STREAMS:,} people who watch their inboxes",
    "quotes": "the words of posts, drawn as pictures",
    "uploads": "a film of a gigabyte: its rate and what memory it takes",
    "plays": "reading an item that a crowd plays",
    "gifts": "gifts, by their statement alone and by the call, against pgbench's TPC-B",
    "edits": "copies and encodes with all that we do around them, against plain FFmpeg",
    "beside_edits": "short calls while two films are encoded on the same cores, and how soon progress begins",
}
NAMES = {case.key: f"{case.name}: at least {case.target:.2f} of the floor" for case in cases(podcast_id=1)} | OTHERS


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything."""

    direct: Effort
    edge: Effort
    """For each of the ways through Envoy."""
    processes: Sequence[int]
    overload_seconds: float
    streams: int
    quotes: int
    """Posts."""
    edits: tuple[int, int, int]
    """Megabytes of the film that is copied, seconds of the one that is encoded, rounds."""
    uploads: tuple[int, int]
    """Megabytes of the film, rounds."""
    plays: tuple[int, float]
    """Listeners of one item, seconds of a turn."""
    gifts: tuple[int, int]
    """Seconds of a turn, rounds."""


FULL = Plan(
    Effort(7, 0.7),
    Effort(5, 0.4),
    processes=(1, 2),
    overload_seconds=6.0,
    streams=STREAMS,
    quotes=100,
    edits=(1000, 60, 5),
    uploads=(1000, 5),
    plays=(100_000, 2.0),
    gifts=(5, 3),
)
QUICK = Plan(
    Effort(3, 0.25),
    Effort(1, 0.25),
    processes=(1,),
    overload_seconds=3.0,
    streams=1_000,
    quotes=20,
    edits=(100, 5, 1),
    uploads=(100, 1),
    plays=(2_000, 0.5),
    gifts=(1, 1),
)


@dataclass(slots=True)
class Run:
    """What is to be measured, and what was found so far; printed as it is found."""

    plan: Plan
    names: Sequence[str] = ()
    """What to measure; nothing is all of it."""
    results: list[Result] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)

    def measure(self, found: Database) -> None:
        """Measure what was asked for."""
        wanted = [case for case in cases(found.podcast_id) if self.wants(case.key)]
        if wanted:
            self._compare(found, wanted)
        if self.wants("overload"):
            self._promise(overload.measure(found, seconds=self.plan.overload_seconds))
        if self.wants("streams"):
            self._promise(streams.measure(found, streams=self.plan.streams))
        if self.wants("quotes"):
            self._promise(quotes.measure(posts=self.plan.quotes))
        if self.wants("uploads"):
            megabytes, rounds = self.plan.uploads
            self._promise(uploads.measure(found, megabytes=megabytes, rounds=rounds))
        if self.wants("plays"):
            listeners, turn = self.plan.plays
            self._promise(plays.measure(found, plays=listeners, seconds=turn))
        if self.wants("gifts"):
            seconds, rounds = self.plan.gifts
            self._promise(gifts.measure(found, seconds=seconds, rounds=rounds))
        if self.wants("edits"):
            megabytes, seconds, rounds = self.plan.edits
            self._promise(edits.measure(megabytes=megabytes, seconds=seconds, rounds=rounds))
        if self.wants("beside_edits"):
            self._promise(beside_edits.measure(found, seconds=self.plan.overload_seconds))

    def wants(self, name: str) -> bool:
        """Whether this was asked for."""
        return not self.names or name in self.names

    def _compare(self, found: Database, wanted: Sequence[Case]) -> None:
        print(report.line(report.HEADINGS))
        for processes in self.plan.processes:
            for alike in _alike(wanted):
                with pair(found, alike, processes=processes) as servers:
                    for case, way in _turns(alike, processes):
                        result = compare(found, servers, case, way, self.plan.edge if way.edge else self.plan.direct)
                        self.results.append(result)
                        print(report.line(report.row(result)), flush=True)

    def _promise(self, promises: Iterable[Promise]) -> None:
        for promise in promises:
            self.promises.append(promise)
            print(report.sentence(promise), flush=True)


def _alike(wanted: Sequence[Case]) -> Sequence[Sequence[Case]]:
    """The same in parts, in each of which all cases of a method ask the same: a floor knows one answer of each."""
    parts: list[list[Case]] = []
    for case in wanted:
        for part in parts:
            if all(other.request == case.request for other in part if other.method == case.method):
                part.append(case)
                break
        else:
            parts.append([case])
    return parts


def _turns(wanted: Sequence[Case], processes: int) -> Iterator[tuple[Case, Way]]:
    """Each call on each of its ways; of several processes only the ways on which something new can happen."""
    for case in wanted:
        for way in case.ways:
            if processes == 1 or way in (Way.DIRECT, Way.EDGE_GRPC):
                yield case, way


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; always 0, for a measurement informs and decides nothing."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.names == ["list"]:
        for name, meaning in NAMES.items():
            print(f"{name:10} {meaning}")
        return 0
    if unknown := set(options.names) - NAMES.keys():
        parser.error(f"nothing is called {', '.join(sorted(unknown))}; `list` shows what there is")
    run = Run(QUICK if options.quick else FULL, options.names)
    print(report.machine())
    with database(options.podcasts) as found:
        # What is loaded by now is no garbage: the load must not stop to look at it in the middle of a turn.
        gc.freeze()
        run.measure(found)
    if not options.names and not options.quick:
        report.write(report.markdown(run.results, run.promises))
        print(f"\nWritten to docs/{report.PAGE.name}.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the system against a floor.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to measure instead of all; `list` shows it")
    parser.add_argument("--quick", action="store_true", help="in a minute, and less exact; nothing is written down")
    parser.add_argument("--podcasts", type=int, default=PODCASTS, help=f"rows of the catalogue ({PODCASTS:,})")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
