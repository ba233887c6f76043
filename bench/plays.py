"""Plays of one item by a crowd: how much longer it takes to read that item than one that nobody plays meanwhile.

The crowd plays in both turns, once this item and once another one, so that the machine has as much to do.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from statistics import median
from threading import Event, Thread
from typing import Final

from bench.cases import Case, Way, cases, framed
from bench.load import Sample, Target, closed_loop
from bench.report import Promise
from bench.server import HOST
from bench.system import Database, Servers, bench
from bench.wire import Connection
from cnt_grpc.content.queries.listening import count_plays
from cnt_grpc.kit.db import Database as Pools
from cnt_grpc.pb.cnt.content.v1.listening_pb2 import RecordPlayRequest

SLOWER: Final = 1.20
"""How many times as long a read may take."""

_PLAY: Final = Case("plays", "RecordPlay", "cnt.content.v1.ContentService/RecordPlay", b"", "", 0)
_READERS, _LISTENERS = 16, 16
"""Calls under way."""
_BATCH: Final = 5000


def measure(found: Database, *, plays: int, seconds: float) -> Iterator[Promise]:
    """Play the item until a crowd of that number has; `seconds` are those of a turn."""
    case = next(each for each in cases(found.podcast_id) if each.key == "podcast")
    crowd, heard, slower = count(), 0, list[float]()
    with bench(found, processes=2) as here, here.ours() as servers, _counting(found.dsn):
        answer = servers.fetch(case, Way.DIRECT, "").body
        reading = Target(
            [Connection(HOST, servers.ports[0], case.headers(Way.DIRECT, ""))],
            case.bodies(Way.DIRECT),
            len(answer) // 2,  # the number of plays in it grows
            servers.cpu,
        )
        while heard < plays:
            rates = {}
            # Now this one first and now the other, lest a machine that drifts favour either.
            for item in sorted((found.podcast_id, found.podcast_id + 1), reverse=len(slower) % 2 == 1):
                rates[item], played = _turn(servers, reading, item, crowd, seconds)
                heard += played if item == found.podcast_id else 0
            slower.append(rates[found.podcast_id + 1] / rates[found.podcast_id])
        reading.close()
    yield Promise(
        f"reading an item while {heard:,} people play it, against reading it while they play another one",
        f"{median(slower):.2f} times as long",
        f"at most {SLOWER:.2f}",
        median(slower) <= SLOWER,
    )


def _turn(servers: Servers, reading: Target, item: int, crowd: Iterator[int], seconds: float) -> tuple[float, int]:
    """Reads a second of the one item, and plays of `item` meanwhile."""
    requests = (
        framed(RecordPlayRequest(content_id=item, device_id=f"phone {each}").SerializeToString()) for each in crowd
    )
    playing = Target([Connection(HOST, servers.ports[1], _PLAY.headers(Way.DIRECT, ""))], requests, 0, servers.cpu)
    played: list[Sample] = []

    def play() -> None:
        played.append(closed_loop(playing, in_flight=_LISTENERS, seconds=seconds, warm_up=0))

    thread = Thread(target=play)
    thread.start()
    try:
        read = closed_loop(reading, in_flight=_READERS, seconds=seconds * 0.8, warm_up=seconds * 0.1)
    finally:
        thread.join()
        playing.close()
    return read.rate, played[0].calls


@contextmanager
def _counting(dsn: str) -> Iterator[None]:
    """Add up plays as the job does, only more often."""
    over = Event()

    async def go_on() -> None:
        db = await Pools.open(dsn)
        while not over.is_set():
            await db.transact(lambda tx: tx.value(count_plays(_BATCH)))
            await asyncio.sleep(0.5)
        await db.close()

    thread = Thread(target=lambda: asyncio.run(go_on()))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
