"""What other rooms do with stored files, and what is removed when."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cnt_grpc import media
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Exhausted, Invalid, NotFound, Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.media import rules
from cnt_grpc.media.local import LocalStorage
from cnt_grpc.media.queries import objects, uploads
from cnt_grpc.media.removal import Remover
from cnt_grpc.pb.cnt.media.v1.reason import Reason
from tests.auth import makers as people
from tests.media import makers

DAY = timedelta(hours=25)


class Room:
    """A database and a store, and someone who owns files."""

    def __init__(self, db: Database, storage: LocalStorage, owner: int) -> None:
        self.db = db
        self.storage = storage
        self.owner = owner
        self.caller = Caller(user_id=owner)
        self.remover = Remover(storage)

    def item(self, number: int) -> str:
        """What uses a file; of this test alone."""
        return f"item:{self.owner}:{number}"

    async def audio(self, state: str = "ready") -> Row:
        """A file with bytes and a row."""
        async with self.db.transaction() as tx:
            row = await makers.audio(tx, self.owner, state=state)
        await self.fill(row["key"])
        return row

    async def fill(self, key: str) -> None:
        async with self.storage.create(key, "audio/mpeg") as writer:
            await writer.write(b"ID3")
            await writer.commit()

    async def is_there(self, row: Row) -> bool:
        """Whether row and bytes are both there; fails when only one is."""
        async with self.db.reading() as tx:
            found = await tx.one(objects.object_by_id(), media=row["id"])
        has_bytes = await self.storage.stat(row["key"]) is not None
        assert (found is not None) == has_bytes
        return has_bytes

    async def is_public(self, row: Row) -> bool:
        """Whether everyone sees a file."""
        async with self.db.reading() as tx:
            found = await tx.one(objects.object_by_id(), media=row["id"])
        assert found is not None
        return bool(found["visibility"] == "public")

    async def stored(self) -> int:
        """Bytes that count against the owner's quota."""
        async with self.db.transaction() as tx:
            await rules.charge(tx, self.owner, 0, 2**60)
            row = await tx.one(uploads.charge(), owner=self.owner, amount=0, quota=2**60)
        assert row is not None
        return int(row["bytes"])


@pytest.fixture
async def room(scratch: Database, tmp_path: Path) -> AsyncIterator[Room]:
    async with scratch.transaction() as tx:
        owner = await people.user(tx)
    storage = LocalStorage(tmp_path / "media")
    yield Room(scratch, storage, owner["id"])
    storage.close()


async def test_claiming_by_id_and_by_key(room: Room) -> None:
    row = await room.audio()
    async with room.db.transaction() as tx:
        by_id = await media.claim(tx, room.caller, media.Kind.AUDIO, media_id=row["id"])
        by_key = await media.claim(tx, room.caller, media.Kind.AUDIO, file_path=row["key"])
    assert by_id["id"] == by_key["id"] == row["id"]


async def test_only_what_is_ready_of_the_kind_and_ones_own_is_claimed(room: Room) -> None:
    row, probing, failed = await room.audio(), await room.audio("probing"), await room.audio("failed")
    async with room.db.transaction() as tx:
        with pytest.raises(Invalid) as wrong:
            await media.claim(tx, room.caller, media.Kind.VIDEO, media_id=row["id"])
        assert wrong.value.reason == Reason.MEDIA_WRONG_KIND
        with pytest.raises(Precondition) as early:
            await media.claim(tx, room.caller, media.Kind.AUDIO, media_id=probing["id"])
        assert early.value.reason == Reason.MEDIA_NOT_READY
        for caller, given in [
            (room.caller, {"media_id": failed["id"]}),
            (room.caller, {"media_id": 2**62}),
            (room.caller, {"file_path": "audio/nobody.mp3"}),
            (room.caller, {"file_path": ""}),
            (Caller(user_id=room.owner + 10**6), {"media_id": row["id"]}),
            (Caller(user_id=room.owner + 10**6), {"file_path": row["key"]}),
        ]:
            with pytest.raises(NotFound):
                await media.claim(tx, caller, media.Kind.AUDIO, **given)


async def test_a_file_is_public_while_anything_public_uses_it(room: Room) -> None:
    row = await room.audio()
    one, two, draft = [room.item(number) for number in (1, 2, 3)]

    async def act(*acts: Any) -> bool:
        async with room.db.transaction() as tx:
            for each, ref in acts:
                await each(tx, row["id"], "content", ref)
        return await room.is_public(row)

    async def let_go(tx: Tx, media_id: int, of: str, ref: str) -> None:
        await rules.forget_uses(tx, of, ref, media_id)

    assert not await act((media.use, one), (media.use, two), (media.use, draft))
    assert await act((media.publish, one), (media.publish, two))
    assert await act((media.withdraw, one))
    assert await act((media.withdraw, one)), "twice is once"
    assert not await act((media.withdraw, two))
    assert await act((media.publish, one), (media.publish, two))
    # What is deleted shows it no longer either, whatever else keeps it.
    assert await act((let_go, one))
    assert not await act((let_go, two))
    assert await room.is_there(row), "the draft keeps it"
    # And what is used anew begins unseen.
    assert not await act((media.use, one))


async def test_showing_and_hiding_at_once_ends_as_one_after_the_other(room: Room) -> None:
    """Two things share a file; one is hidden while the other is shown."""
    row = await room.audio()
    one, two = room.item(1), room.item(2)
    async with room.db.transaction() as tx:
        for ref in (one, two):
            await media.use(tx, row["id"], "content", ref)
        await media.publish(tx, row["id"], "content", one)
    for hidden, shown in [(one, two), (two, one)] * 4:
        begun = asyncio.Event()

        async def hide(ref: str = hidden, begun: asyncio.Event = begun) -> None:
            async with room.db.transaction() as tx:
                await begun.wait()
                await media.withdraw(tx, row["id"], "content", ref)

        hiding = asyncio.create_task(hide())
        async with room.db.transaction() as tx:
            await media.publish(tx, row["id"], "content", shown)
            begun.set()
            # It waits for this transaction, and then must see what it did.
            await asyncio.sleep(0.05)
        await hiding
        assert await room.is_public(row)


async def test_what_nothing_uses_is_removed_after_a_day(room: Room) -> None:
    used, unused = await room.audio(), await room.audio()
    async with room.db.transaction() as tx:
        await media.use(tx, used["id"], "content", room.item(1))
    await room.remover.sweep(room.db)
    assert await room.is_there(unused)
    clock.move(DAY)
    await room.remover.sweep(room.db)
    assert not await room.is_there(unused)
    assert await room.is_there(used)


async def test_what_the_last_user_lets_go_is_removed(room: Room) -> None:
    row = await room.audio()
    async with room.db.transaction() as tx:
        await media.use(tx, row["id"], "content", room.item(1))
        await media.use(tx, row["id"], "content", room.item(1))
        await media.use(tx, row["id"], "content", room.item(2))
    async with room.db.transaction() as tx:
        assert await rules.forget_uses(tx, "content", room.item(1)) == []
    assert not await room.remover.discard(room.db, row["id"])
    async with room.db.transaction() as tx:
        assert await rules.forget_uses(tx, "content", room.item(2), row["id"]) == [row["id"]]
        assert await rules.forget_uses(tx, "content", room.item(2), row["id"]) == []
    assert await room.remover.discard(room.db, row["id"])
    assert not await room.is_there(row)
    assert not await room.remover.discard(room.db, row["id"])


async def test_only_ready_files_are_used(room: Room) -> None:
    async with room.db.transaction() as tx:
        for row in (await room.audio("probing"), await room.audio("failed")):
            with pytest.raises(NotFound):
                await media.use(tx, row["id"], "content", room.item(1))
        with pytest.raises(NotFound):
            await media.use(tx, 2**62, "content", room.item(1))


async def test_claiming_and_removing_at_once(room: Room) -> None:
    """Whoever comes first: never is something in use whose bytes are gone."""
    for _ in range(20):
        row = await room.audio()

        async def take(media_id: int = row["id"]) -> bool:
            try:
                async with room.db.transaction() as tx:
                    await media.claim(tx, room.caller, media.Kind.AUDIO, media_id=media_id)
                    await asyncio.sleep(0)
                    await media.use(tx, media_id, "content", f"item:{media_id}")
            except NotFound:
                return False
            return True

        taken, removed = await asyncio.gather(take(), room.remover.discard(room.db, row["id"]))
        assert taken != removed
        assert await room.is_there(row) == taken


async def test_removal_goes_on_after_a_crash_anywhere(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    row = await room.audio()

    async def crash(*_: str) -> None:
        raise OSError("the store is away")

    with monkeypatch.context() as patch:
        patch.setattr(LocalStorage, "delete", crash)
        with pytest.raises(OSError, match="away"):
            await room.remover.discard(room.db, row["id"])
    async with room.db.transaction() as tx:
        # From the first step on nobody finds it, and the owner has the room again.
        with pytest.raises(NotFound):
            await media.claim(tx, room.caller, media.Kind.AUDIO, media_id=row["id"])
        with pytest.raises(NotFound):
            await rules.own_media(tx, room.caller, row["id"])
    assert await room.storage.stat(row["key"]) is not None
    clock.move(timedelta(minutes=11))
    await room.remover.sweep(room.db)
    assert not await room.is_there(row)


async def test_what_a_row_still_refers_to_is_not_lost_and_holds_up_nothing(room: Room) -> None:
    """A room that forgets to say what it uses: the database refuses, before a byte is gone."""
    held, free = await room.audio(), await room.audio()
    async with room.db.transaction() as tx:
        await tx.raw(
            "INSERT INTO artists (user_id, cover_id, listed, created_at, updated_at)"
            " VALUES ($1, $2, true, now(), now())",
            room.owner,
            held["id"],
        )
    assert not await room.remover.discard(room.db, held["id"])
    assert await room.is_there(held)
    clock.move(DAY)
    await room.remover.sweep(room.db)
    assert await room.is_there(held)
    assert not await room.is_there(free), "the sweep went on"
    async with room.db.transaction() as tx:
        await tx.raw("DELETE FROM artists WHERE user_id = $1", room.owner)
    await room.remover.sweep(room.db)
    assert not await room.is_there(held), "and takes it when nothing refers to it"


async def test_what_was_put_under_the_key_since_stays(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    row = await room.audio()

    async def crash(*_: str) -> None:
        raise OSError("the store is away")

    with monkeypatch.context() as patch:
        patch.setattr(LocalStorage, "stat", crash)
        with pytest.raises(OSError, match="away"):
            await room.remover.discard(room.db, row["id"])
    await room.storage.delete(row["key"])
    await asyncio.sleep(0.05)
    await room.fill(row["key"])
    clock.move(timedelta(minutes=11))
    for _ in range(2):
        await room.remover.sweep(room.db)
        assert await room.storage.stat(row["key"]) is not None, "it is another file"


async def test_abandoned_uploads_are_swept(room: Room) -> None:
    key = "audio/abandoned.mp3"
    async with room.db.transaction() as tx:
        await rules.charge(tx, room.owner, 5000, 10_000)
        await tx.run(
            uploads.add_session(),
            id=f"session of {room.owner}",
            owner=room.owner,
            purpose="audio",
            key=key,
            reserved=5000,
            now=clock.now(),
        )
    await room.fill(key)
    await room.remover.sweep(room.db)
    assert await room.stored() == 5000
    clock.move(DAY)
    await room.remover.sweep(room.db)
    assert await room.stored() == 0
    assert await room.storage.stat(key) is None


async def test_examinations_that_were_lost_are_asked_for_again_and_given_up_at_last(room: Room) -> None:
    row = await room.audio("probing")
    assert row["id"] not in await room.remover.sweep(room.db)
    clock.move(timedelta(minutes=20))
    assert row["id"] in await room.remover.sweep(room.db)
    clock.move(DAY)
    assert row["id"] not in await room.remover.sweep(room.db)
    async with room.db.reading() as tx:
        found = await rules.own_media(tx, room.caller, row["id"])
    assert found["state"] == "failed"
    assert await room.storage.stat(row["key"]) is None


async def test_what_was_sent_of_pictures_is_swept(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    await room.fill("private/incoming/a.png")
    await room.remover.sweep(room.db)
    assert await room.storage.stat("private/incoming/a.png") is not None
    clock.move(2 * DAY)
    await room.remover.sweep(room.db)
    assert await room.storage.stat("private/incoming/a.png") is None


async def test_a_quota_holds_against_a_hundred_at_once(room: Room) -> None:
    async def charge() -> bool:
        try:
            async with room.db.transaction() as tx:
                await rules.charge(tx, room.owner, 7, 100)
        except Exhausted:
            return False
        return True

    taken = await asyncio.gather(*(charge() for _ in range(100)))
    assert sum(taken) == 14
    assert await room.stored() == 98
    async with room.db.transaction() as tx:
        with pytest.raises(Exhausted) as refusal:
            await rules.charge(tx, room.owner + 10**6, 101, 100)
    assert refusal.value.reason == Reason.MEDIA_QUOTA_EXCEEDED
