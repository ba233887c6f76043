"""Edits beside people who call: how much longer short calls take on the same cores, and how soon progress begins."""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import grpc

from bench.cases import FRAME, Way
from bench.edits import film
from bench.load import open_loop, percentile
from bench.processes import MACHINE, Process, put_on, running
from bench.report import Promise
from bench.server import HOST, settings
from bench.streams import ME
from bench.system import Database, Servers, bench
from cnt_grpc import media
from cnt_grpc.app import opened
from cnt_grpc.media.sniff import Kind
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2, editing_service_pb2, editing_service_pb2_grpc
from cnt_grpc.pb.cnt.editing.v1.operation_pb2 import Filters, Operation

SLOWER: Final = 2.0
"""How many times longer the slowest of a hundred short calls may take."""
FIRST: Final = 0.5
"""Seconds until somebody who watches an edit sees that it runs."""
EDITS: Final = 2
RATE: Final = 100.0
"""Calls a second: far from what the server can do, so that what is measured is waiting."""


def measure(found: Database, *, seconds: float) -> Iterator[Promise]:
    """The slowest of a hundred calls without edits and beside two, on all cores that there are."""
    with bench(found, processes=1) as here, here.ours() as servers:
        # Everything on every core: what is measured is whether edits yield.
        for pid in (found.postmaster, servers.processes[0].pid):
            put_on(pid, MACHINE)
        worker = Process([sys.executable, "-m", "bench.worker", found.dsn, str(found.folder)], MACHINE)
        with running(worker):
            worker.ready()
            alone = _slowest(servers, found, seconds)
            edits, waited = asyncio.run(_begin(found, servers.ports[0], round(seconds * 20)))
            beside = _slowest(servers, found, seconds)
            still = asyncio.run(_end(found, servers.ports[0], edits))
    if still < EDITS:
        raise RuntimeError(f"{EDITS - still} edits had ended before the calls had: take a longer film")
    yield Promise(
        f"GetMe beside {EDITS} edits on {len(MACHINE)} cores, {RATE:.0f} a second, p99",
        f"{beside * 1000:.1f} ms; without them {alone * 1000:.1f} ms",
        f"at most {SLOWER:.0f} times as long",
        beside <= alone * SLOWER,
    )
    yield Promise(
        "the first progress of an edit that runs, from asking for it",
        f"{waited * 1000:.0f} ms",
        f"at most {FIRST * 1000:.0f} ms",
        waited <= FIRST,
    )


def _slowest(servers: Servers, found: Database, seconds: float) -> float:
    answer = servers.fetch(ME, Way.DIRECT, found.token(0)).body[FRAME:]
    target = servers.target(ME, Way.DIRECT, found, answer)
    try:
        return percentile(open_loop(target, rate=RATE, seconds=seconds, warm_up=1.0).good, 99)
    finally:
        target.close()


async def _begin(found: Database, port: int, seconds: int) -> tuple[list[int], float]:
    """Have films of so many seconds edited, one a person; the edits, and how long the first progress took."""
    path = await asyncio.to_thread(film, found.folder / "beside.mp4", seconds)
    films = await _stored(found, path)
    begun, waits = [], []
    async with grpc.aio.insecure_channel(f"{HOST}:{port}") as channel:
        stub: Any = editing_service_pb2_grpc.EditingServiceStub(channel)
        for number, media_id in enumerate(films):
            signed = (("authorization", f"Bearer {found.token(number)}"),)
            steps = [Operation(filters=Filters(saturation=0.5))]
            asked = editing_service_pb2.CreateEditRequest(media_id=media_id, operations=steps)
            start = time.perf_counter()
            edit = (await stub.CreateEdit(asked, metadata=signed)).edit.edit_id
            begun.append(edit)
            watched = editing_service_pb2.WatchEditRequest(edit_id=edit)
            async for each in stub.WatchEdit(watched, metadata=signed):
                if each.progress.state == edit_pb2.EDIT_STATE_RUNNING:
                    break
            waits.append(time.perf_counter() - start)
    return begun, max(waits)


async def _stored(found: Database, path: Path) -> list[int]:
    """The film as a file of each of the first people."""
    async with opened(settings(found.dsn, found.folder)) as system:
        ids = []
        for number in range(EDITS):
            made = await system.workshop.hand_in(path, media.new_key("video", "mp4"), Kind.VIDEO)
            async with system.db.transaction() as tx:
                ids.append(await system.workshop.keep(tx, made, owner=found.people[number].user_id))
        return ids


async def _end(found: Database, port: int, edits: Sequence[int]) -> int:
    """Break the edits off; how many still ran."""
    still = 0
    async with grpc.aio.insecure_channel(f"{HOST}:{port}") as channel:
        stub: Any = editing_service_pb2_grpc.EditingServiceStub(channel)
        for number, edit in enumerate(edits):
            signed = (("authorization", f"Bearer {found.token(number)}"),)
            try:
                await stub.CancelEdit(editing_service_pb2.CancelEditRequest(edit_id=edit), metadata=signed)
                still += 1
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.FAILED_PRECONDITION:
                    raise
    return still
