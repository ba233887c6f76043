"""A large film comes from Google Drive while its connection breaks and the worker is killed: whole, and once.

At full size 1 GB, watched by a stream from one server while the other is asked.
"""

import asyncio
import hashlib
import itertools
import struct
import time
from random import Random
from typing import Any

import pytest

from cnt_grpc.pb.cnt.admin.v1 import drive_pb2 as pb2
from tests.admin.drive_examples import connect
from tests.faults.sizes import FULL, say, size
from tests.faults.whole import Whole
from tests.harness.api import ApiError
from tests.harness.drive import Content
from tests.media.makers import film

BYTES = size(1_000_000_000)
CUTS = size(40, least=3)
KILLS = size(6, least=1)
SECONDS = 900.0 if FULL else 150.0
ENDED = {pb2.DRIVE_IMPORT_STATUS_DONE, pb2.DRIVE_IMPORT_STATUS_FAILED, pb2.DRIVE_IMPORT_STATUS_CANCELLED}

pytestmark = pytest.mark.timeout(1800 if FULL else 240)


def padded(short: bytes, length: int) -> Content:
    """A film of this length: a short one, and a box that players skip, filled so that every offset differs."""
    head = short + struct.pack(">I4sQ", 1, b"free", length - len(short))
    noise = Random(7).randbytes(1_000_003)

    def at(start: int, end: int) -> bytes:
        found = head[start:end]
        at = start + len(found)
        while at < end:
            inside = (at - len(head)) % len(noise)
            piece = noise[inside : inside + end - at]
            found += piece
            at += len(piece)
        return found

    return Content(length, at)


async def test_a_large_film_comes_whole_though_everything_breaks(at_risk: Whole) -> None:
    world, drive = at_risk.world, at_risk.world.google.drive
    boss = await world.user(roles={"admin"})
    content = padded(film(at_risk.folder / "short.mp4", 2).read_bytes(), BYTES)
    owner = await connect(world, boss)
    file_id = drive.add(owner, content, name="long.mp4", kind="video/mp4")
    chance = Random(13)
    drive.cuts[file_id] = [chance.randrange(BYTES // CUTS) for _ in range(CUTS)]

    async def slowly(which: str) -> None:
        # A worker must be there to be killed while the bytes come; without this they come in two seconds.
        if which == file_id:
            await asyncio.sleep(0.002 if FULL else 0.01)

    drive.pause = slowly
    started = time.monotonic()
    try:
        begun = (await at_risk.api(0).as_(boss).drive.ImportDriveFile(file_id=file_id)).drive_import
        told: list[Any] = []
        killing = asyncio.create_task(kill_worker(at_risk, told))
        async with asyncio.timeout(SECONDS):
            while not told or told[-1].status not in ENDED:
                await follow(at_risk, boss, begun.import_id, told)
        await killing
    finally:
        drive.pause = None
    last = told[-1]
    assert (last.status, last.error, last.received) == (pb2.DRIVE_IMPORT_STATUS_DONE, "", BYTES)
    received = [each.received for each in told]
    # A run that was killed had shown bytes that it had not yet stored: what is shown falls by a part and no more.
    assert all(after > before - 20_000_000 for before, after in itertools.pairwise(received))
    assert len(set(received)) > CUTS, "it is shown as it comes"
    async with at_risk.system.db.transaction() as tx:
        rows = await tx.raw("SELECT id, key, size, sha256, state FROM media_objects WHERE owner_id = $1", boss.id)
        sessions = await tx.raw("SELECT 1 FROM upload_sessions WHERE owner_id = $1 AND media_id IS NULL", boss.id)
    assert [(row["id"], row["size"], row["state"]) for row in rows] == [(last.media_id, BYTES, "ready")]
    assert not sessions
    digest = hashlib.sha256()
    async for piece in at_risk.system.storage.read(rows[0]["key"]):
        digest.update(piece)
    assert digest.hexdigest() == drive.files[file_id]["sha256Checksum"]
    assert rows[0]["sha256"] == digest.digest()
    starts = drive.ranges[file_id]
    asked = sum(after - before for before, after in zip(starts, [*starts[1:], BYTES], strict=True) if after > before)
    say(
        f"{BYTES / 1e6:,.0f} MB in {time.monotonic() - started:.0f} s, {len(starts)} goes, {KILLS} kills of the worker,"
        f" {asked / 1e6:,.0f} MB asked for, {len(told)} messages"
    )
    assert len(starts) > CUTS


async def follow(at_risk: Whole, boss: Any, import_id: int, told: list[Any]) -> None:
    """One stream, until it ends."""
    try:
        async for message in at_risk.api(1).as_(boss).drive.WatchDriveImports(import_ids=[import_id]):
            # One by one: the worker is killed by what was told so far.
            told += [message.drive_import] if message.HasField("drive_import") else []
    except ApiError as error:
        at_risk.note(error)
        await asyncio.sleep(0.5)


async def kill_worker(at_risk: Whole, told: list[Any]) -> None:
    """Kill the worker each time that another part of the film has come."""
    for number in range(1, KILLS + 1):
        while not told or told[-1].received < BYTES * number // (KILLS + 2):
            if told and told[-1].status in ENDED:
                return
            await asyncio.sleep(0.05)
        at_risk.worker.kill()
        await asyncio.sleep(0.2)
        at_risk.worker.start()
