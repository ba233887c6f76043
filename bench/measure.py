"""Floor and ours in turns, and the median of what one turn's two numbers say of each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.cases import Case, Way
from bench.load import Sample, closed_loop
from bench.system import Database, Pair

IN_FLIGHT = 128
"""Calls under way: enough that the server never waits for the load."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to look."""

    rounds: int
    seconds: float
    """Of one turn."""
    warm_up: float = 0.15


@dataclass(frozen=True, slots=True)
class Result:
    """One call on one way, compared with the floor on the same way."""

    case: Case
    way: Way
    processes: int
    answer: int
    """Bytes of the answer."""
    floor: Sequence[Sample]
    ours: Sequence[Sample]

    @property
    def rate_ratio(self) -> float:
        """Our calls a second as a part of the floor's."""
        return median(ours.rate / floor.rate for floor, ours in zip(self.floor, self.ours, strict=True))

    @property
    def cpu_ratio(self) -> float:
        """The floor's processor time for a call as a part of ours."""
        return median(floor.cpu / ours.cpu for floor, ours in zip(self.floor, self.ours, strict=True))

    @property
    def holds(self) -> bool:
        """Whether the target is kept: by the processor time, and where nothing stands between by the rate as well.

        Behind Envoy, which shares its core with the load, the rate may be Envoy's and not the server's.
        """
        ratios = (self.cpu_ratio,) if self.way.edge else (self.cpu_ratio, self.rate_ratio)
        return min(ratios) >= self.case.target


def compare(found: Database, servers: Pair, case: Case, way: Way, effort: Effort) -> Result:
    """Measure one call on one way."""
    answer = servers.answers[case.key]
    targets = [kind.target(case, way, found, answer) for kind in (servers.floor, servers.ours)]
    try:
        turns: list[list[Sample]] = [[], []]
        for _ in range(effort.rounds):
            for target, samples in zip(targets, turns, strict=True):
                samples.append(closed_loop(target, in_flight=IN_FLIGHT, seconds=effort.seconds, warm_up=effort.warm_up))
    finally:
        for target in targets:
            target.close()
    return Result(case, way, len(servers.ours.processes), len(answer), *turns)
