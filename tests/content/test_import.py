"""The Bible document of a new platform, and podcasts of sounds that lie in the store already."""

import secrets
from pathlib import Path

import pytest

from cnt_grpc import content
from cnt_grpc.content import AudioImport, furnishing, readings
from cnt_grpc.content.importing import title_of
from cnt_grpc.kit.db import Database
from cnt_grpc.pb.cnt.moderation.v1.status_pb2 import REVIEW_STATUS_APPROVED, REVIEW_STATUS_PENDING
from tests.auth import makers as people
from tests.harness.api import Api
from tests.harness.database import Cluster
from tests.harness.world import World
from tests.media import makers as media_makers


async def documents(db: Database) -> list[str]:
    """The titles of all documents that everyone sees."""
    sql = "SELECT title FROM content_items WHERE kind = 'document' AND status = 'approved'"
    async with db.transaction() as tx:
        return [row["title"] for row in await tx.raw(sql)]


@pytest.mark.parametrize("named", [False, True])
async def test_a_new_platform_has_a_bible_document_once(
    cluster: Cluster, world: World, tmp_path: Path, *, named: bool
) -> None:
    db = await Database.open(await cluster.clone())
    pdf = media_makers.document_file(tmp_path / "bible.pdf") if named else None
    try:
        assert not await content.furnish(db, world.system.workshop, pdf), "nobody is there to publish it"
        async with db.transaction() as tx:
            await people.user(tx, roles={"admin"})
        assert await content.furnish(db, world.system.workshop, pdf)
        assert not await content.furnish(db, world.system.workshop, pdf)
        assert await documents(db) == [furnishing.TITLE if named else readings.TITLE]
        async with db.transaction() as tx:
            [row] = await tx.raw("SELECT size, thumbnail_key, visibility FROM media_objects WHERE kind = 'document'")
        assert row["size"] > 1000
        assert row["thumbnail_key"]
        assert row["visibility"] == "public"
    finally:
        await db.close()


def test_the_readings_are_a_pdf() -> None:
    pdf = readings.pdf()
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") == len(readings.READINGS) + 1


async def test_stored_sounds_become_podcasts_once(world: World, api: Api, tmp_path: Path) -> None:
    ann = await world.user()
    prefix = f"audio/old{secrets.token_hex(4)}"
    store = world.system.storage
    tone = media_makers.tone(tmp_path / "tone.mp3", 1.5)
    await store.put(f"{prefix}/on-hope.mp3", tone, "audio/mpeg")
    await store.put(f"{prefix}/on_love.mp3", tone, "audio/mpeg")
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"no sound at all" * 100)
    await store.put(f"{prefix}/broken.mp3", broken, "audio/mpeg")
    await store.put(f"{prefix}/notes.pdf", broken, "application/pdf")
    importing = AudioImport(world.db, world.system.workshop)
    keys = list(await importing.keys(f"{prefix}/"))
    assert keys == [f"{prefix}/{name}.mp3" for name in ("broken", "on-hope", "on_love")]

    async def run(*, dry: bool = False, approved: bool = False) -> list[str]:
        return [await importing.take(key, ann.id, approved=approved, dry=dry) for key in keys]

    assert await run(dry=True) == ["would be imported"] * 3
    assert (await importing.take(keys[1], ann.id, approved=True, dry=False)).startswith("imported as podcast")
    broke, there, imported = await run()
    assert broke == "refused: it cannot be played"
    assert there.startswith("is podcast")
    assert imported.startswith("imported as podcast")
    podcasts = (await api.as_(ann).content.ListPodcasts(creator_id=ann.id)).podcasts
    assert [(each.title, each.status) for each in podcasts] == [
        ("On love", REVIEW_STATUS_PENDING),
        ("On hope", REVIEW_STATUS_APPROVED),
    ]
    assert all(each.duration in {1, 2} for each in podcasts)
    another = await world.user()
    assert (await importing.take(keys[1], another.id, approved=False, dry=False)).startswith("is podcast")


def test_a_title_is_made_of_a_name() -> None:
    assert title_of("audio/2020/the_lords-prayer.mp3") == "The lords prayer"
