"""The load: a closed loop that always keeps the same number of calls under way, and an open one with a fixed rate."""

import math
import select
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.wire import Answer, Connection

PATIENCE = 20.0
"""Seconds: longer than the server lets any call last."""


class WrongAnswerError(Exception):
    """The server answered, but not what it should have."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one server did for a while."""

    calls: int
    seconds: float
    server_cpu: float
    """Processor time of the server processes, in seconds."""
    load_cpu: float
    """Processor time of the load itself."""

    @property
    def rate(self) -> float:
        """Calls a second."""
        return self.calls / self.seconds

    @property
    def cpu(self) -> float:
        """Microseconds of the server's processor time for one call."""
        return self.server_cpu / self.calls * 1e6


@dataclass(slots=True)
class Target:
    """A server under load, and the calls that it gets."""

    connections: Sequence[Connection]
    bodies: Iterator[bytes | None]
    smallest: int
    """The fewest bytes that the body of a right answer has."""
    cpu: Callable[[], float]
    """Processor time of the server processes so far, in seconds."""

    def is_right(self, answer: Answer) -> bool:
        """Whether the call was answered, and not refused."""
        return answer.ok and answer.size >= self.smallest

    def check(self, answer: Answer) -> None:
        """Raise WrongAnswerError unless the answer is right."""
        if not self.is_right(answer):
            raise WrongAnswerError(f"an answer of {answer.size} bytes, {answer.last_headers!r}")

    def close(self) -> None:
        """Hang up."""
        for connection in self.connections:
            connection.close()


def closed_loop(target: Target, *, in_flight: int, seconds: float, warm_up: float) -> Sample:
    """Keep `in_flight` calls under way, and count those that end after the warm-up. Raises WrongAnswerError."""
    for connection in target.connections:
        for _ in range(in_flight // len(target.connections)):
            connection.ask(next(target.bodies))
        connection.flush()
    _loop(target, time.monotonic() + warm_up)
    began, cpu, own = time.monotonic(), target.cpu(), time.process_time()
    calls = _loop(target, began + seconds, least=1)
    took, cpu, own = time.monotonic() - began, target.cpu() - cpu, time.process_time() - own
    drain(target)
    return Sample(calls, took, cpu, own)


def _loop(target: Target, end: float, *, least: int = 0) -> int:
    """Ask again for each answer until `end`, and until `least` answers were there; how many there were."""
    calls = 0
    while (now := time.monotonic()) < end or calls < least:
        for connection in readable(target.connections, 1.0):
            done = connection.receive()
            calls += len(done)
            for answer in done:
                target.check(answer)
                connection.ask(next(target.bodies))
            connection.flush()
        if now > end + PATIENCE:
            raise TimeoutError(f"no answer within {PATIENCE:.0f} s")
    return calls


def drain(target: Target) -> None:
    """Wait for what is still under way, so that the next measurement begins with an idle server."""
    end = time.monotonic() + PATIENCE
    while any(connection.waiting for connection in target.connections) and time.monotonic() < end:
        for connection in readable(target.connections, 1.0):
            connection.receive()
            connection.flush()


@dataclass(slots=True)
class Offered:
    """What became of calls that came at a fixed rate, whether the server kept up or not."""

    seconds: float
    """How long was counted."""
    good: list[float]
    """How many seconds each good answer took that came in this time."""
    refused: list[float]
    """The same of refusals."""


def open_loop(
    target: Target, *, rate: float, seconds: float, warm_up: float, others: Sequence[Connection] = ()
) -> Offered:
    """Ask `rate` times a second, count what is answered after the warm-up, and read what comes to `others`, too."""
    offered = Offered(seconds, [], [])
    everyone = [*target.connections, *others]
    start = time.monotonic()
    counted, end = start + warm_up, start + warm_up + seconds
    asked = 0
    while (now := time.monotonic()) < end:
        due = int((now - start) * rate)
        for number in range(asked, due):
            target.connections[number % len(target.connections)].ask(next(target.bodies))
        asked = max(asked, due)
        for connection in everyone:
            connection.flush()
        for connection in readable(everyone, max(0.0, start + (asked + 1) / rate - time.monotonic())):
            for answer in connection.receive():
                took = time.monotonic() - answer.started
                if now >= counted:
                    (offered.good if target.is_right(answer) else offered.refused).append(took)
    drain(target)
    return offered


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent do not exceed; NaN of nothing."""
    if not values:
        return math.nan
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


def readable(connections: Sequence[Connection], seconds: float) -> Sequence[Connection]:
    """Those with something to read, after `seconds` at most."""
    return select.select(connections, [], [], seconds)[0]
