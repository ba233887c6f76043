"""Ten thousand people who only listen: what they cost in memory, what they cost others, and how soon all are told."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from threading import Thread

import asyncpg

from bench.cases import FRAME, Case, Way
from bench.data import CALLERS
from bench.load import open_loop, percentile
from bench.processes import rss
from bench.report import Promise
from bench.system import Database, Servers, bench
from bench.watchers import Watchers, not_reading, watching
from bench.wire import Connection
from cnt_grpc.kit.db import Database as Pools
from cnt_grpc.kit.events import PostgresBus
from cnt_grpc.notification import Announcement, outbox
from cnt_grpc.notification.jobs import AT_ONCE
from cnt_grpc.pb.cnt.auth.v1.user_service_pb2 import GetMeRequest

MOST_MEMORY = 30_000
"""Bytes for each idle stream."""

SLOWER = 1.2
"""How many times longer the slowest of a hundred short calls may take beside them."""

LATEST = 1.0
"""Seconds from the commit until 99 of 100 streams have it."""

MOST_FOR_A_SLOW_READER = 256 * 1024
"""Bytes."""

SLOW_READERS = 20
OWED = 4_000
"""Notifications, a megabyte in all, that each of them leaves unread."""

FEEDING_SECONDS = 8.0
"""Two sweeps of the dispatcher: it has offered them all that they take."""

UNARY_RATE = 300.0
"""Calls a second beside the streams: far from what the server can do, so that what is measured is waiting."""

UNARY_SECONDS = 8.0
"""Long enough for every beat, and for several checks of sessions."""

ME = Case(
    "streams", "GetMe", "cnt.auth.v1.UserService/GetMe", GetMeRequest().SerializeToString(), "", 0, signed_in=True
)


def measure(found: Database, *, streams: int) -> Iterator[Promise]:
    """Open so many streams on one server process, and look."""
    with bench(found, processes=1) as here, here.ours() as servers:
        port, pid = servers.ports[0], servers.processes[0].pid
        alone = _slowest(servers, found, ())
        before = rss(pid)
        with watching(found, port, range(CALLERS, CALLERS + streams)) as watchers:
            yield _memory(streams, (rss(pid) - before) / streams)
            yield _others(alone, _slowest(servers, found, watchers.connections))
            yield _telling(found, watchers, streams)
        slow = range(len(found.people) - SLOW_READERS, len(found.people))
    # A server of their own: in one that held ten thousand streams before, there is memory to take again.
    with bench(found, processes=1) as here, here.ours() as servers:
        port, pid = servers.ports[0], servers.processes[0].pid
        with watching(found, port, range(CALLERS, CALLERS + SLOW_READERS)), not_reading(found, port, slow):
            time.sleep(1)
            before = rss(pid)
            asyncio.run(_owe(found, [found.people[number].user_id for number in slow]))
            time.sleep(FEEDING_SECONDS)
            yield _slow((rss(pid) - before) / SLOW_READERS)


def _memory(streams: int, each: float) -> Promise:
    return Promise(
        f"{streams:,} idle streams on one process, memory",
        f"{each / 1000:.1f} KB each",
        f"≤ {MOST_MEMORY / 1000:.0f} KB",
        each <= MOST_MEMORY,
    )


def _others(alone: float, beside: float) -> Promise:
    return Promise(
        f"GetMe beside them, {UNARY_RATE:.0f} a second, p99",
        f"{beside * 1000:.1f} ms; without them {alone * 1000:.1f} ms ({beside / alone - 1:+.0%})",
        f"≤ {SLOWER - 1:+.0%}",
        beside <= alone * SLOWER,
    )


def _slowest(servers: Servers, found: Database, others: Sequence[Connection]) -> float:
    """Seconds that the slowest of a hundred short calls takes, while what comes to others is read as well."""
    answer = servers.fetch(ME, Way.DIRECT, found.token(0)).body[FRAME:]
    target = servers.target(ME, Way.DIRECT, found, answer)
    try:
        offered = open_loop(target, rate=UNARY_RATE, seconds=UNARY_SECONDS, warm_up=1.0, others=others)
    finally:
        target.close()
    return percentile(offered.good, 99)


def _telling(found: Database, watchers: Watchers, streams: int) -> Promise:
    """Tell everyone something, as the job for many recipients does, and wait until all have heard."""
    written: dict[int, float] = {}
    people = [person.user_id for person in found.people[CALLERS : CALLERS + streams]]
    began = time.monotonic()
    writer = Thread(target=lambda: asyncio.run(_tell(found.dsn, people, written)))
    writer.start()
    watchers.listen_until(lambda: len(watchers.heard) == streams)
    writer.join()
    late = percentile(watchers.waited(written), 99)
    took = max(watchers.heard.values()) - began
    return Promise(
        f"One notice to all {streams:,}, p99 from its commit to the stream",
        f"{late:.2f} s; {took:.2f} s from the first statement to the last stream",
        f"≤ {LATEST:.0f} s",
        late <= LATEST,
    )


async def _tell(dsn: str, people: Sequence[int], written: dict[int, float]) -> None:
    """Write the notice, so many a transaction; `written` gets the moment of each person's commit."""
    words = Announcement(announcement_id=1, subject="Tonight", text="We pray together at eight.").worded()
    db = await Pools.open(dsn, writers=1, readers=1)
    db.bus = PostgresBus(db)
    try:
        for start in range(0, len(people), AT_ONCE):
            part = people[start : start + AT_ONCE]
            async with db.transaction() as tx:
                outbox.put(tx, part, words)
            written.update(dict.fromkeys(part, time.monotonic()))
    finally:
        await db.close()


async def _owe(found: Database, people: Sequence[int]) -> None:
    """Fill inboxes with more than a client that does not read can take."""
    connection = await asyncpg.connect(found.dsn)
    try:
        await connection.execute(_HEADS, people, OWED)
        await connection.execute(_ROWS, people, OWED)
    finally:
        await connection.close()


_HEADS = "INSERT INTO inbox_heads (recipient_id, last_seq, unread) SELECT unnest($1::bigint[]), $2, $2"

_ROWS = """
INSERT INTO notifications (recipient_id, seq, type, title, message, data, created_at)
SELECT person, n, 'follow', 'Person Number ' || n || ' follows you', repeat('They follow you now. ', 8),
       jsonb_build_object('user_id', n::text), now()
FROM unnest($1::bigint[]) AS person, generate_series(1, $2::int) AS n
"""


def _slow(each: float) -> Promise:
    return Promise(
        f"A reader that reads none of {OWED:,} notifications, memory",
        f"{each / 1024:.0f} KiB",
        f"≤ {MOST_FOR_A_SLOW_READER // 1024} KiB",
        each <= MOST_FOR_A_SLOW_READER,
    )
