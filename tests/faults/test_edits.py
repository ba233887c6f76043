"""Edits under faults: worker, FFmpeg and Postgres are killed, the worker freezes; each edit ends once."""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from grpc import StatusCode
from sqlalchemy import Executable, bindparam, select

from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import statement
from cnt_grpc.media import sandbox
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2
from tests.editing import studio
from tests.faults.checks import storage
from tests.faults.programs import Program
from tests.faults.sizes import FULL, say, size
from tests.faults.whole import Whole
from tests.harness.api import Api, ApiError
from tests.harness.world import Person

EDITS = size(50, least=8)
KILLS = size(20, least=3)
SECONDS = 12
"""Of the films that are edited: enough for FFmpeg to be met at its work."""
ENDED = {edit_pb2.EDIT_STATE_DONE, edit_pb2.EDIT_STATE_FAILED, edit_pb2.EDIT_STATE_CANCELLED}

pytestmark = pytest.mark.timeout(1800 if FULL else 420)


async def asked(api: Api, film: int, number: int) -> list[int]:
    """Edits that take a few seconds each."""
    steps: list[dict[str, Any]] = [{"filters": {"saturation": 0.5}}, {"rotate": {"degrees": 90}}]
    replies = [await api.editing.CreateEdit(media_id=film, operations=steps) for _ in range(number)]
    return [reply.edit.edit_id for reply in replies]


async def settled(api: Api, ids: list[int], seconds: float) -> list[Any]:
    """The edits when all of them have ended; progress of none falls meanwhile."""
    deadline = time.monotonic() + seconds
    percents = dict.fromkeys(ids, 0)
    while True:
        found = [(await api.editing.GetEdit(edit_id=each)).edit for each in ids]
        for edit in found:
            assert edit.progress.percent >= percents[edit.edit_id], "progress fell"
            percents[edit.edit_id] = edit.progress.percent
        if all(edit.progress.state in ENDED for edit in found):
            return found
        assert time.monotonic() < deadline, [str(edit.progress) for edit in found]
        await asyncio.sleep(0.2)


async def all_is_well(whole: Whole, who: Person, edits: list[Any]) -> None:
    """One result for each edit that is done, none for the others; no program, no folder, no object is left."""
    done = [edit for edit in edits if edit.progress.state == edit_pb2.EDIT_STATE_DONE]
    assert all(edit.progress.error.reason for edit in edits if edit.progress.state == edit_pb2.EDIT_STATE_FAILED)
    async with whole.system.db.transaction() as tx:
        versions = await tx.raw(
            "SELECT v.edit_id FROM edit_versions v JOIN edit_histories h ON h.id = v.history_id"
            " WHERE h.owner_id = $1 AND v.number > 0", who.id,
        )  # fmt: skip
    assert sorted(row["edit_id"] for row in versions) == sorted(edit.edit_id for edit in done)
    for edit in done:
        found = await studio.look(whole.world, edit.progress.result)
        assert found.size == (240, 320)
        assert found.film_seconds() == pytest.approx(SECONDS, abs=0.1)
    deadline = time.monotonic() + 90
    while left := [*programs_of_edits(whole.worker.pid), *folders_of_jobs()]:
        assert time.monotonic() < deadline, f"left behind: {left}"
        await asyncio.sleep(0.5)
    await storage.check(whole)


def programs_of_edits(worker: int) -> list[str]:
    """FFmpeg, what starts it, and what reads its results: below the worker, or left behind by one that is dead."""
    found = []
    for pid, parent, words in programs():
        if (b"made.mp4" in words and b"libx264" in words) or b"examiner/whole.py" in words:
            # Those of other tests have another living parent, which is Python like all of ours.
            with suppress(OSError):
                if parent == worker or b"python" not in Path(f"/proc/{parent}/cmdline").read_bytes():
                    found.append(f"{pid}: {words[:80]!r}")
    return found


def programs() -> Iterator[tuple[int, int, bytes]]:
    """All processes, each with its parent and its command line."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                yield int(entry.name), parent, (entry / "cmdline").read_bytes()


def folders_of_jobs() -> list[str]:
    """Folders that nobody works in: the sweeper takes those that are older than a few seconds."""
    return [str(each) for each in Path(tempfile.gettempdir()).glob("cnt-job-*") if (each / "made.mp4").exists()]


def ffmpeg_of(worker: int) -> list[int]:
    """FFmpeg's processes below the worker."""
    return [pid for pid, parent, words in programs() if parent == worker and b"-progress" in words]


async def film_of(whole: Whole, who: Person) -> int:
    """A film whose edits take a while."""
    return await studio.film(whole.world, who, SECONDS)


async def test_the_worker_is_killed_again_and_again(at_risk: Whole) -> None:
    """Each time while it works: at any moment of FFmpeg's run and behind it, or while a result is checked or stored."""
    ann = await at_risk.world.user()
    api = at_risk.api().as_(ann)
    ids = await asked(api, await film_of(at_risk, ann), EDITS)
    random = Random(7)
    for kill in range(KILLS):
        # The worker that was started just now takes seconds until it works.
        await until(lambda: ffmpeg_of(at_risk.worker.pid))
        if kill % 3 == 2:
            await until_stage(at_risk, ann, *(["storing"] if kill % 2 else ["checking", "storing"]))
        else:
            await asyncio.sleep(random.uniform(0, 1.5))
        at_risk.worker.kill()
        at_risk.worker.start()
    edits = await settled(api, ids, 120 + 15 * EDITS)
    attempts = [edit.attempts for edit in edits]
    say(f"{EDITS} edits, {KILLS} kills: attempts {attempts}")
    assert sum(attempts) - EDITS >= KILLS // 2, attempts
    await all_is_well(at_risk, ann, edits)


async def stages(whole: Whole, who: Person) -> set[str]:
    """What is being done to edits of this person."""
    async with whole.system.db.reading() as tx:
        rows = await tx.all(stages_of(), owner=who.id)
    return {row["stage"] for row in rows}


@statement
def stages_of() -> Executable:
    return select(jobs.standing.c.stage).where(
        jobs.standing.c.owner_id == bindparam("owner"), jobs.standing.c.state == "running"
    )


async def until_stage(whole: Whole, who: Person, *wanted: str) -> None:
    """Wait until one of this person's edits is that far; the worker may have to start first."""
    deadline = time.monotonic() + 120
    while not set(wanted) & await stages(whole, who):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


async def test_ffmpeg_is_killed(at_risk: Whole) -> None:
    ann = await at_risk.world.user()
    api = at_risk.api().as_(ann)
    ids = await asked(api, await film_of(at_risk, ann), 2)
    killed = 0
    deadline = time.monotonic() + 60
    while not killed and time.monotonic() < deadline:
        for pid in ffmpeg_of(at_risk.worker.pid):
            os.kill(pid, signal.SIGKILL)
            killed += 1
        await asyncio.sleep(0.05)
    assert killed
    edits = await settled(api, ids, 120)
    assert all(edit.progress.state == edit_pb2.EDIT_STATE_DONE for edit in edits)
    assert max(edit.attempts for edit in edits) > 1
    await all_is_well(at_risk, ann, edits)


@pytest.mark.parametrize("when", ["making", "storing"])
async def test_postgres_is_killed(at_risk: Whole, when: str) -> None:
    ann = await at_risk.world.user()
    api = at_risk.api().as_(ann)
    ids = await asked(api, await film_of(at_risk, ann), 2)
    if when == "making":
        await until(lambda: ffmpeg_of(at_risk.worker.pid))
    else:
        await until_stage(at_risk, ann, "storing")
    at_risk.postgres.kill()
    await asyncio.sleep(1)
    await at_risk.postgres.revive()
    edits = await settled(await back(at_risk, ann, ids[0]), ids, 150)
    assert all(edit.progress.state == edit_pb2.EDIT_STATE_DONE for edit in edits), [str(e.progress) for e in edits]
    await all_is_well(at_risk, ann, edits)


async def back(whole: Whole, who: Person, edit: int) -> Api:
    """A client, once its server has found the database again."""
    api = whole.api().as_(who)
    deadline = time.monotonic() + 60
    while True:
        try:
            await api.editing.GetEdit(edit_id=edit)
        except ApiError as error:
            if error.code is not StatusCode.UNAVAILABLE or time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)
        else:
            return api


@pytest.mark.parametrize("wakes", ["after the other has ended", "while the other works"])
async def test_a_frozen_worker_is_overtaken_and_changes_nothing_when_it_wakes(at_risk: Whole, wakes: str) -> None:
    ann = await at_risk.world.user()
    api = at_risk.api().as_(ann)
    [edit] = await asked(api, await film_of(at_risk, ann), 1)
    await until(lambda: ffmpeg_of(at_risk.worker.pid))
    at_risk.worker.pause()
    other = Program("worker-2", ["worker"], at_risk.worker.environment, at_risk.folder)
    other.start()
    try:
        if wakes == "while the other works":
            # The first one's FFmpeg was never frozen: both come to their end at about the same time.
            await until(lambda: ffmpeg_of(other.pid))
            at_risk.worker.go_on()
        edits = await settled(api, [edit], 120)
        assert edits[0].progress.state == edit_pb2.EDIT_STATE_DONE
        assert edits[0].attempts == 2
        before = edits[0].progress.result
        at_risk.worker.go_on()
        await asyncio.sleep(5)
    finally:
        at_risk.worker.go_on()
        other.kill()
    after = (await api.editing.GetEdit(edit_id=edit)).edit.progress.result
    assert (after.media_id, after.file_path, after.size) == (before.media_id, before.file_path, before.size)
    await all_is_well(at_risk, ann, edits)


ON_A_SMALL_DISK = 'mount -t tmpfs -o size=1500k,noexec,nosuid,nodev,noatime tmpfs "$TMPDIR" && exec "$0" "$@"'
"""Runs a program that sees a disk of its own, in memory, as its folder for temporary files."""


async def test_a_full_disk_is_told_and_the_worker_lives(at_risk: Whole, tmp_path: Path) -> None:
    """A disk that is really full; the store is on another one, as in many a container."""
    if not sandbox.available().namespaces:
        pytest.skip(sandbox.available().missing)
    ann = await at_risk.world.user()
    api = at_risk.api().as_(ann)
    film = await film_of(at_risk, ann)
    at_risk.worker.kill()
    around = ["unshare", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK]
    environment = {**at_risk.worker.environment, "TMPDIR": str(tmp_path)}
    small = Program("worker-small", ["worker"], environment, at_risk.folder, around=around)
    small.start()
    try:
        large = [{"merge": {"media_ids": [film] * 20}}, {"scale": {"width": 640}}]
        first = (await api.editing.CreateEdit(media_id=film, operations=large)).edit.edit_id
        [edit] = await settled(api, [first], 180)
        assert edit.progress.error.reason == "EDIT_NO_ROOM", edit.progress
        assert not edit.progress.HasField("result")
        [second] = await settled(api, await asked(api, film, 1), 120)
        assert second.progress.state == edit_pb2.EDIT_STATE_DONE, second.progress
        assert small.is_alive
        log = small.log.read_text()
        assert "Traceback" not in log, log[-3000:]
        assert "fewer walls" not in log, log[-3000:]
    finally:
        small.kill()
    await all_is_well(at_risk, ann, [edit, second])


async def until(wanted: Callable[[], object]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + 120
    while not wanted():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
