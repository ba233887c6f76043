"""Edits whose run meets with an accident at a moment that a test chooses: no bytes are lost, and none are left."""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cnt_grpc import media
from cnt_grpc.app.processes import jobs_at_once
from cnt_grpc.editing import jobs as editing_jobs
from cnt_grpc.editing import privacy
from cnt_grpc.editing.rules import ending
from cnt_grpc.editing.stages import Stage
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.jobs import Fenced, Run, State
from cnt_grpc.media import examine, variants
from cnt_grpc.pb.cnt.common.v1.reason import Reason
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2
from cnt_grpc.pb.cnt.editing.v1.jobs_pb2 import MakeEdit
from cnt_grpc.settings import Settings
from tests.editing import studio
from tests.editing.examples import edit_of
from tests.harness.api import Api
from tests.harness.database import Cluster
from tests.harness.world import Person, World
from tests.kit import things
from tests.kit.work import NOTE, connected, enqueue, note, state, working

DONE, CANCELLED = edit_pb2.EDIT_STATE_DONE, edit_pb2.EDIT_STATE_CANCELLED
TRIM = {"trim": {"end": 1}}


async def begun(api: Api, media_id: int, step: dict[str, Any]) -> int:
    """An edit that was asked for."""
    return int((await api.editing.CreateEdit(media_id=media_id, operations=[step])).edit.edit_id)


async def last_of(api: Api, edit: int) -> Any:
    """Its progress when it has ended."""
    return [each.progress async for each in api.editing.WatchEdit(edit_id=edit, timeout=100)][-1]


async def until(wanted: Callable[[], Any], seconds: float) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


class Mishap:
    """The end of one person's edit, at which something happens to its transaction."""

    def __init__(self, patch: pytest.MonkeyPatch, who: Person, happens: Callable[[Any, Any], Any]) -> None:
        self.happened = 0
        plain, keep = Tx._send_commit, ending.keep
        self.keys: list[str] = []
        """Where its runs have stored."""
        marked: list[Tx] = []

        async def kept(tx: Tx, row: Any, run: Run, *arguments: Any, **options: Any) -> None:
            await keep(tx, row, run, *arguments, **options)
            if row["owner_id"] == who.id:
                self.keys.append(options["file"].key)
                if not self.happened:
                    marked.append(tx)

        async def sent(tx: Tx, connection: Any, last: str) -> None:
            if tx not in marked:
                await plain(tx, connection, last)
                return
            marked.clear()
            self.happened += 1
            await happens(tx, lambda: plain(tx, connection, last))

        patch.setattr(ending, "keep", kept)
        patch.setattr(Tx, "_send_commit", sent)


@pytest.mark.parametrize("how", [Unavailable(Reason.DATABASE_UNAVAILABLE), asyncio.CancelledError()])
async def test_a_commit_that_nobody_heard_of_keeps_its_bytes(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch, how: BaseException
) -> None:
    """Postgres dies after the commit and before it says so, or the run is cut off just then."""
    ann = await world.user()
    sound = await studio.tone(world, ann, 2)

    async def lost(_: Tx, commit: Any) -> None:
        await commit()
        raise how

    mishap = Mishap(monkeypatch, ann, lost)
    last = await studio.ended(api.as_(ann), sound, TRIM)
    assert mishap.happened == 1
    assert last.state == DONE, last
    await asyncio.sleep(0.5)  # for what would be done behind it
    assert (await studio.look(world, last.result)).sound_seconds() == pytest.approx(1, abs=0.1)


async def test_what_was_stored_before_a_commit_that_failed_is_removed_by_the_next_run(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await world.user()
    sound = await studio.tone(world, ann, 2)

    async def refused(_: Tx, __: Any) -> None:
        raise Unavailable(Reason.DATABASE_UNAVAILABLE)

    mishap = Mishap(monkeypatch, ann, refused)
    last = await studio.ended(api.as_(ann), sound, TRIM)
    assert last.state == DONE
    [first, second] = mishap.keys
    assert second == last.result.file_path
    assert await world.system.storage.stat(first) is None
    assert await world.system.storage.stat(second) is not None


async def left_by_a_killed_run(world: World, who: Person) -> tuple[int, list[str]]:
    """An edit that has failed; what its last run stored, a file and a picture of it, is there still."""
    edit = await edit_of(world, who)
    key = media.new_key("private/drafts/video", "mp4")
    keys = [key, variants.possible(key)[0]]
    path = world.folder / f"{who.id}-left"
    path.write_bytes(b"left behind")
    for each in keys:
        await world.system.storage.put(each, path, "video/mp4")
    async with world.db.transaction() as tx:
        await tx.raw("UPDATE edits SET stored_key = $2 WHERE id = $1", edit, key)
    return edit, keys


async def swept(world: World, keys: list[str]) -> bool:
    """Whether these are noted as leavings."""
    async with world.db.transaction() as tx:
        rows = await tx.raw("SELECT key FROM media_leavings WHERE key = ANY($1)", keys)
    return {row["key"] for row in rows} == set(keys)


async def test_what_a_killed_run_left_goes_with_its_edit(world: World, api: Api) -> None:
    ann = await world.user()
    edit, keys = await left_by_a_killed_run(world, ann)
    await api.as_(ann).editing.DeleteEdit(edit_id=edit)
    assert await swept(world, keys)


async def test_what_a_killed_run_left_goes_with_its_owner(world: World) -> None:
    ann = await world.user()
    _, keys = await left_by_a_killed_run(world, ann)
    async with world.db.transaction() as tx:
        await privacy.erase_person(tx, ann.id)
    assert await swept(world, keys)


async def test_a_run_that_was_overtaken_removes_nothing(world: World) -> None:
    """One that was frozen before it began finds, when it wakes, the key of the run that overtook it."""
    ann = await world.user()
    edit = await edit_of(world, ann, state="open", media_id=await studio.film(world, ann, 3))
    _, keys = await left_by_a_killed_run(world, ann)
    async with world.db.transaction() as tx:
        await tx.raw("UPDATE edits SET stored_key = $2 WHERE id = $1", edit, keys[0])
        [row] = await tx.raw("SELECT job_id FROM edits WHERE id = $1", edit)
    run = Run(world.db, row["job_id"], uuid4(), 1, ann.id)
    handlers = editing_jobs.EditingJobs(world.system.workshop, 1)
    with pytest.raises(Fenced):
        await handlers.make(MakeEdit(edit_id=edit), run)
    for key in keys:
        assert await world.system.storage.stat(key) is not None
    assert not await swept(world, keys)


async def test_an_outage_while_progress_is_shown_costs_nothing(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await world.user()
    film = await studio.film(world, ann, 3)
    plain, refused = Run.progress, 0

    async def away(run: Run, *arguments: Any, **options: Any) -> None:
        nonlocal refused
        if run.owner == ann.id and arguments[1:] != (Stage.FETCHING,):
            refused += 1
            raise Unavailable(Reason.DATABASE_UNAVAILABLE)
        await plain(run, *arguments, **options)

    monkeypatch.setattr(Run, "progress", away)
    edit = await begun(api.as_(ann), film, {"filters": {"saturation": 0.5}})
    last = await last_of(api.as_(ann), edit)
    assert last.state == DONE
    assert refused > 2
    assert (await api.as_(ann).editing.GetEdit(edit_id=edit)).edit.attempts == 1


def readers() -> int:
    """How many processes of this test read results."""
    found = 0
    for entry in Path("/proc").iterdir():
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1]) if entry.name.isdigit() else 0
            found += parent == os.getpid() and b"whole.py" in (entry / "cmdline").read_bytes()
        except OSError:
            continue
    return found


async def test_what_is_cancelled_while_its_result_is_checked_stops_within_three_seconds(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """FFmpeg heeds at once; the reader is cut off."""
    ann = await world.user()
    sound = await studio.tone(world, ann, 2)
    (tmp_path / "whole.py").write_text("import time; time.sleep(100)")
    other = examine.ask

    async def slow(script: str, *arguments: Any, **options: Any) -> Any:
        return await other(str(tmp_path / script) if script == "whole.py" else script, *arguments, **options)

    monkeypatch.setattr(examine, "ask", slow)
    edit = await begun(api.as_(ann), sound, {"volume": {"gain_db": -3}})
    async for each in api.as_(ann).editing.WatchEdit(edit_id=edit, timeout=100):
        if each.progress.stage == edit_pb2.EDIT_STAGE_CHECKING:
            break
    await until(readers, 60)
    await api.as_(ann).editing.CancelEdit(edit_id=edit)
    await until(lambda: not readers(), 3)
    assert (await last_of(api.as_(ann), edit)).state == CANCELLED


async def test_edits_leave_places_for_other_jobs(cluster: Cluster) -> None:
    """As many long edits as may run at once do not hold up a mail."""
    slots = 8
    settings = Settings.model_construct(editing_at_once=slots)
    make, running, over = replace(editing_jobs.MAKE, limit=settings.edits_at_once), 0, asyncio.Event()

    async def long(_: MakeEdit, __: Run) -> None:
        nonlocal running
        running += 1
        await over.wait()

    async with connected(await cluster.clone()) as db:
        await things.create(db)
        async with working(db, {make: long, NOTE: note}, concurrency=jobs_at_once(settings)):
            for number in range(slots):
                async with db.transaction() as tx:
                    await editing_jobs.enqueue(tx, number + 1, owner=number + 1)
            await until(lambda: running == slots, 60)
            assert await state(db, await enqueue(db, NOTE, "a mail"), 60) == State.DONE
            over.set()
