"""A valid call of every method of the editing room, for the laws that run over all methods."""

from typing import Any

from cnt_grpc.editing.jobs import MAKE
from cnt_grpc.editing.messages import plans
from cnt_grpc.editing.queries import edits as queries
from cnt_grpc.editing.queries import versions
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2, operation_pb2
from cnt_grpc.pb.cnt.editing.v1.editing_service import SERVICE
from tests.harness.examples import Example, Fields, Foreign, Pages
from tests.harness.world import Person, World
from tests.media import makers

IN_STEPS = {
    f"operations.{field}": "a foreign file is refused like one that nobody has: tests/editing/test_plans.py"
    for field in ("merge.media_ids", "add_audio.media_id", "replace_audio.media_id")
}


async def film_of(world: World, who: Person) -> int:
    """A film of this person's, without bytes."""
    async with world.db.transaction() as tx:
        return int((await makers.video(tx, who.id))["id"])


async def edit_of(world: World, who: Person, *, state: str = "failed", media_id: int = 0) -> int:
    """An edit of this person's that nobody makes."""
    film = media_id or await film_of(world, who)
    async with world.db.transaction() as tx:
        row = await tx.one(versions.version_of_file(), media=film, owner=who.id)
        history = row["history_id"] if row else await _history(tx, who, film)
        trim = operation_pb2.Operation(trim=operation_pb2.Trim(start=1, end=2))
        edit_id: int = await tx.value(
            queries.add_edit(),
            owner_id=who.id,
            history_id=history,
            made_of=0,
            media_id=film,
            plan=plans.packed([trim], edit_pb2.Output()),
            created_at=clock.now(),
        )
        if state == "failed":
            await tx.run(
                queries.fail(),
                edit=edit_id,
                reason="EDIT_INTERRUPTED",
                message="",
                attempts=1,
                started_at=clock.now(),
                finished_at=clock.now(),
            )
        else:
            [job] = await tx.raw(
                "INSERT INTO jobs (kind, owner_id, created_at) VALUES ($1, $2, now()) RETURNING id", MAKE.kind, who.id
            )
            await tx.run(queries.set_job(), edit=edit_id, job=job["id"])
    return edit_id


async def _history(tx: Tx, who: Person, film: int) -> int:
    history: int = await tx.value(versions.add_history(), owner=who.id)
    values: dict[str, Any] = {"history_id": history, "number": 0, "media_id": film, "edit_id": None, "made_of": 0}
    await tx.run(versions.add_version(), **values, created_at=clock.now())
    return history


async def own_film(world: World, who: Person) -> Fields:
    """A film, and what to do with it."""
    return {"media_id": await film_of(world, who), "operations": [{"trim": {"start": 1, "end": 2}}]}


async def failed(world: World, who: Person) -> Fields:
    """An edit that has failed."""
    return {"edit_id": await edit_of(world, who)}


async def waiting(world: World, who: Person) -> Fields:
    """An edit that waits for a worker that never comes."""
    return {"edit_id": await edit_of(world, who, state="open")}


async def original(world: World, who: Person) -> Fields:
    """An edit, and the original of its history."""
    return {"edit_id": await edit_of(world, who), "version": 0}


async def many(world: World, who: Person, number: int) -> Fields:
    """Edits of this person's."""
    for _ in range(number):
        await edit_of(world, who)
    return {}


async def many_versions(world: World, who: Person, number: int) -> Fields:
    """So many versions more in this person's one history."""
    async with world.db.transaction() as tx:
        known = await tx.raw("SELECT min(id) AS first FROM edits WHERE owner_id = $1", who.id)
    edit_id: int = known[0]["first"] or await edit_of(world, who)
    async with world.db.transaction() as tx:
        row = await tx.one(queries.own_edit_locked(), edit=edit_id, owner=who.id)
        assert row is not None
        for _ in range(number):
            newest = await tx.value(versions.next_number(), history=row["history_id"])
            file = await makers.video(tx, who.id)
            values: dict[str, Any] = {"history_id": row["history_id"], "number": newest, "media_id": file["id"]}
            await tx.run(versions.add_version(), **values, edit_id=edit_id, made_of=0, created_at=clock.now())
    return {"edit_id": edit_id}


HIDDEN = Foreign("edit_id", edit_of, "EDIT_NOT_FOUND")

EXAMPLES = {
    f"{SERVICE}/CreateEdit": Example(
        own_film, foreign=Foreign("media_id", film_of, "MEDIA_NOT_FOUND"), open_ids=IN_STEPS
    ),
    f"{SERVICE}/GetEdit": Example(failed, foreign=HIDDEN),
    f"{SERVICE}/ListEdits": Example(pages=Pages(many, "edits", key="edit_id")),
    f"{SERVICE}/CancelEdit": Example(waiting, foreign=HIDDEN),
    f"{SERVICE}/RetryEdit": Example(failed, foreign=HIDDEN),
    f"{SERVICE}/WatchEdit": Example(failed, foreign=HIDDEN),
    f"{SERVICE}/ListEditVersions": Example(
        failed, foreign=HIDDEN, pages=Pages(many_versions, "versions", key="version")
    ),
    f"{SERVICE}/UseEditVersion": Example(original, foreign=HIDDEN),
}
