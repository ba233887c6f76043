"""Logs and metrics of calls: what an operator sees of the server from outside."""

import bisect
import logging
import sys
from collections.abc import Iterable

import grpc
import structlog
from prometheus_client import GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

SLOW = 1.0
"""Seconds above which a unary call is worth a line in the log."""

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
"""Upper bounds in seconds, up to the deadline of a unary call."""


class MethodStats:
    """Counts of one method; plain integers, because a locked counter a call costs more than all the rest."""

    __slots__ = ("buckets", "codes", "open", "seconds")

    def __init__(self) -> None:
        self.codes: dict[str, int] = {}
        self.buckets = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0
        self.open = 0

    def count(self, code: grpc.StatusCode, seconds: float) -> None:
        """One call has ended."""
        # By name: the hash of an enum member is computed in Python, that of a word is remembered.
        name = code._name_
        self.codes[name] = self.codes.get(name, 0) + 1
        self.buckets[bisect.bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds


class CallMetrics(Collector):
    """The calls of one process, in the form that Prometheus reads."""

    def __init__(self) -> None:
        self._stats: dict[str, MethodStats] = {}

    def of(self, method: str) -> MethodStats:
        """The counts of a method, by its full name."""
        return self._stats.setdefault(method, MethodStats())

    def calls(self) -> Iterable[tuple[str, str, int]]:
        """Method, name of the status, and how many calls ended so since the process began."""
        for method, stats in self._stats.items():
            for code, number in stats.codes.items():
                yield method, code, number

    def collect(self) -> Iterable[Metric]:
        """Called by Prometheus's client at each scrape."""
        calls = CounterMetricFamily("cnt_calls", "Calls by method and status.", labels=["method", "code"])
        times = HistogramMetricFamily("cnt_call_seconds", "Duration of calls.", labels=["method"])
        running = GaugeMetricFamily("cnt_calls_open", "Calls and streams that run now.", labels=["method"])
        for method, stats in self._stats.items():
            for code, number in stats.codes.items():
                calls.add_metric([method, code], number)
            total, counts = 0, []
            for bound, number in zip([*map(str, BUCKETS), "+Inf"], stats.buckets, strict=True):
                total += number
                counts.append((bound, total))
            times.add_metric([method], counts, stats.seconds)
            running.add_metric([method], stats.open)
        return calls, times, running


def configure_logs(level: str, *, as_json: bool) -> None:
    """Send all logs of this process, libraries' included, to standard error in one form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if as_json
        else [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback, colors=False)]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # One line for each HTTP request of the plain side says what the edge's access log says already.
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)


def counts_of_process() -> CollectorRegistry:
    """What /metrics shows of any process: memory, processor time, open files. Each server adds its own to it."""
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    return registry
