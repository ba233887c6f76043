"""A person's files: all of them are exported, and go when their owner does, unless something still uses them."""

from cnt_grpc import media
from cnt_grpc.media.privacy import HOLDER
from cnt_grpc.media.removal import Remover
from tests.harness.world import World
from tests.media import makers


async def test_an_export_lists_every_file_and_what_uses_it(world: World) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        song, other = await makers.audio(tx, ann.id), await makers.image(tx, bob.id)
        await media.use(tx, song["id"], "content", "item:1:media")
        await tx.raw("UPDATE media_objects SET filename = 'anns-voice.mp3' WHERE id = $1", song["id"])
    async with world.db.snapshot() as tx:
        records = [(kind, dict(record)) async for kind, record in HOLDER.export(tx, ann.id)]
    (file,) = [record for kind, record in records if kind == "files"]
    (use,) = [record for kind, record in records if kind == "uses"]
    assert (file["id"], file["filename"]) == (song["id"], "anns-voice.mp3")
    assert (use["media_id"], use["room"], use["ref"]) == (song["id"], "content", "item:1:media")
    assert other["id"] not in [record.get("id") for _, record in records]


async def test_what_nothing_uses_goes_and_the_rest_loses_its_name(world: World) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        used, unused, bobs = [await makers.audio(tx, who.id) for who in (ann, ann, bob)]
        await media.use(tx, used["id"], "content", "item:2:media")
        await tx.raw("UPDATE media_objects SET filename = 'anns-voice.mp3' WHERE owner_id = $1", ann.id)
        await tx.raw("UPDATE media_objects SET filename = 'bobs-voice.mp3' WHERE owner_id = $1", bob.id)
        for _ in range(2):
            await HOLDER.erase(tx, ann.id)
    await Remover(world.system.storage).sweep(world.db)
    async with world.db.transaction() as tx:
        rows = await tx.raw(
            "SELECT id, filename FROM media_objects WHERE owner_id = ANY($1) ORDER BY id", [ann.id, bob.id]
        )
    assert [tuple(row) for row in rows] == [(used["id"], ""), (bobs["id"], "bobs-voice.mp3")]
    assert unused["id"] not in [row["id"] for row in rows]


async def test_uploads_under_way_are_given_up(world: World) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        await tx.raw(
            "INSERT INTO upload_sessions (id, owner_id, purpose, key, reserved, created_at, touched_at, filename)"
            " VALUES ('of-ann', $1, 'audio', 'audio/0123456789abcdef.mp3', 0, now(), now(), 'anns-voice.mp3')",
            ann.id,
        )
    async with world.db.snapshot() as tx:
        kinds = [kind async for kind, _ in HOLDER.export(tx, ann.id)]
    assert kinds == ["uploads"]
    async with world.db.transaction() as tx:
        await HOLDER.erase(tx, ann.id)
    await Remover(world.system.storage).sweep(world.db)
    async with world.db.transaction() as tx:
        assert await tx.raw("SELECT 1 FROM upload_sessions WHERE owner_id = $1", ann.id) == []
