"""What happens when three times as many calls come as the server can do: the edge refuses what is too much, at once.

The call computes for two milliseconds, so one process does at most 500 a second of it.
"""

from bench.cases import Case, Way
from bench.load import closed_loop, open_loop, percentile
from bench.report import Promise
from bench.system import Database, bench
from tests.pb.cnt.testing.v1.probe_service_pb2 import ActOutsideRequest, ActOutsideResponse

TIMES = 3.0
LEAST_GOODPUT = 0.80
"""Of what the server does when it is not overloaded."""

LONGEST_REFUSAL = 0.050
"""Seconds for 99 of 100 refusals."""

FILLING_SECONDS = 3.0
"""Until the server is as full as the edge lets it become."""

CONNECTIONS = 32
"""Each takes 100 calls at once, and together more than the edge lets through."""

WORK = Case(
    "overload",
    f"A call of 2 ms at {TIMES:.0f} times what one process can do",
    "cnt.testing.v1.ProbeService/ActOutside",
    ActOutsideRequest(what="work").SerializeToString(),
    "",
    LEAST_GOODPUT,
)

_ANSWER = ActOutsideResponse(count=1).SerializeToString()


def measure(found: Database, *, seconds: float) -> list[Promise]:
    """Find out what the server can do, offer it three times as much, and see what comes back."""
    with bench(found, processes=1) as here, here.ours() as servers:
        target = servers.target(WORK, Way.EDGE_GRPC, found, _ANSWER, connections=CONNECTIONS)
        try:
            able = closed_loop(target, in_flight=CONNECTIONS, seconds=seconds / 2, warm_up=0.2).rate
            offered = open_loop(target, rate=able * TIMES, seconds=seconds, warm_up=FILLING_SECONDS)
        finally:
            target.close()
    goodput = len(offered.good) / offered.seconds / able
    refusal = percentile(offered.refused, 99)
    asked = f"{able:,.0f} calls/s alone; offered {able * TIMES:,.0f}/s"
    waited = f"half of the answers took {percentile(offered.good, 50):.2f} s"
    return [
        Promise(
            f"{WORK.name}: answers",
            f"{goodput:.0%} ({asked}; {waited})",
            f"≥ {LEAST_GOODPUT:.0%} of what it does alone",
            goodput >= LEAST_GOODPUT,
        ),
        Promise(
            f"{WORK.name}: refusals",
            f"p99 {refusal * 1000:.1f} ms ({len(offered.refused) / offered.seconds:,.0f}/s)",
            f"p99 ≤ {LONGEST_REFUSAL * 1000:.0f} ms",
            refusal <= LONGEST_REFUSAL,
        ),
    ]
