"""Uploads in several goes: what has come is kept wherever a connection breaks, and checked as a whole at the end.

The store is the truth of how much has come. Bytes are put into it in parts; those that are no whole part yet wait in an
object of their own, the tail, from which the next call goes on. Two calls at once do no harm: they write the same bytes
to the same places, or the SHA-256 at the end tells.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Changed, Exhausted, Invalid, NotFound, Precondition
from cnt_grpc.media import finishing, rules, sessions
from cnt_grpc.media.arrival import Arrival, Standing
from cnt_grpc.media.declared_types import declared_type
from cnt_grpc.media.purposes import INCOMING, Purpose
from cnt_grpc.media.queries import resumable, uploads
from cnt_grpc.media.refusals import too_large
from cnt_grpc.media.sniff import Kind
from cnt_grpc.media.storage import PART
from cnt_grpc.media.uploads import Declared, Intake, surely
from cnt_grpc.pb.cnt.media.v1.reason import Reason

MOST_OPEN: Final = 100
"""Uploads that one person may have under way: each is a draft that the store keeps for a day."""
_OPEN_RETRY: Final = 3600.0
"""Seconds: room comes when one of them is finished or given up."""
URLS: Final = 100
"""Parts whose addresses are told at once."""
URL_LIFE: Final = 900
"""Seconds that such an address works."""


@dataclass(frozen=True, slots=True)
class PartPlace:
    """Where a part may be put directly."""

    number: int
    offset: int
    size: int
    url: str


@dataclass(frozen=True, slots=True)
class Resumable:
    """Takes files in several goes."""

    intake: Intake

    async def begin(
        self, db: Database, owner: int, purpose: Purpose, content_type: str, declared: Declared
    ) -> Standing:
        """Begin an upload; raises Invalid for a type that the purpose does not take, Exhausted for too much."""
        file_type = declared_type(content_type, purpose.kind)
        limit = self.intake.limits.bytes_of[purpose.kind]
        if declared.size > limit:
            raise too_large(purpose.kind, limit)
        media_key = purpose.new_key(file_type)
        key = f"{INCOMING}/{media_key.rpartition('/')[2]}" if purpose.kind is Kind.IMAGE else media_key
        session = secrets.token_urlsafe(24)

        async def note(tx: Tx) -> None:
            # Counting the bytes comes first: it lets one of a person's calls pass at a time.
            await rules.charge(tx, owner, declared.size, self.intake.limits.quota)
            if await tx.value(resumable.number_open(), owner=owner) >= MOST_OPEN:
                raise Exhausted(
                    Reason.UPLOADS_TOO_MANY,
                    f"{MOST_OPEN} uploads are under way",
                    retry_after=_OPEN_RETRY,
                    most=MOST_OPEN,
                )
            await tx.run(
                resumable.begin(),
                id=session,
                owner=owner,
                purpose=purpose.name,
                key=key,
                media_key=media_key,
                size=declared.size,
                sha256=declared.sha256,
                content_type=file_type.content_type,
                filename=declared.filename,
                thumbnail=declared.thumbnail,
                now=clock.now(),
            )

        await db.transact(note)
        try:
            draft = await self.intake.storage.begin(key, file_type.content_type, declared.size)
            await db.transact(lambda tx: tx.run(resumable.set_ticket(), session=session, ticket=draft.ticket))
        except BaseException:
            await surely(self._end(db, await own(db, owner, session)))
            raise
        return Standing(await own(db, owner, session), 0)

    async def standing(self, db: Database, owner: int, session: str) -> Standing:
        """Where it stands; raises NotFound."""
        row = await own(db, owner, session)
        received = await self._received(row)
        if row["media_id"] is None and received > (row["seen"] or 0):
            noted = {"session": session, "received": received, "now": clock.now()}

            async def note(tx: Tx) -> Row | None:
                return await tx.one(resumable.note_seen(), **noted)

            known: Row | None = await db.transact(note)
            row = known or row
        return Standing(row, received)

    async def put(self, db: Database, owner: int, session: str, offset: int, pieces: AsyncIterator[bytes]) -> Standing:
        """Take bytes from where it stands, and keep those that came before the pieces broke off."""
        found = await self.standing(db, owner, session)
        if found.row["media_id"] is not None:
            raise Precondition(Reason.UPLOAD_OVER)
        if found.received != offset:
            raise Precondition(Reason.UPLOAD_OFFSET_WRONG, f"go on from byte {found.received}", received=found.received)
        arrival = await Arrival.after(self.intake.storage, db, found)
        try:
            async for block in pieces:
                await arrival.take(block)
        except Invalid:
            raise
        except BaseException:
            await surely(arrival.keep())
            raise
        # When a client goes away, gRPC first tells of the end of its messages and then cancels the call.
        keeping = asyncio.ensure_future(arrival.keep())
        try:
            await asyncio.shield(keeping)
        except asyncio.CancelledError:
            await surely(keeping)
            raise
        return Standing(found.row, arrival.received)

    async def complete(self, db: Database, owner: int, session: str) -> tuple[int, int | None]:
        """Finish it; the id of the file, and of the job that examines it unless it was finished before."""
        found = await self.standing(db, owner, session)
        row = found.row
        if row["media_id"] is not None:
            return row["media_id"], None
        if found.received < row["size"]:
            raise Precondition(
                Reason.UPLOAD_INCOMPLETE,
                f"{found.received} of {row['size']} bytes have come",
                received=found.received,
            )
        await _claim(db, session)
        try:
            sha256 = await finishing.join(self.intake.storage, row)
            return await db.transact(lambda tx: finishing.adopt(tx, row, sha256))
        except Invalid:
            await surely(self._end(db, row))
            raise
        except BaseException:
            await surely(_unclaim(db, session))
            raise

    async def abandon(self, db: Database, owner: int, session: str) -> None:
        """Give it up; what it has become stays."""
        row = await own(db, owner, session)
        if row["media_id"] is None:
            # From here on nobody finishes it, and what is being finished is not taken away.
            await _claim(db, session)
        try:
            await self._end(db, row)
        except BaseException:
            await surely(_unclaim(db, session))
            raise

    def places(self, standing: Standing) -> list[PartPlace]:
        """Where the next parts may be put directly; none where all bytes go through us."""
        row, storage = standing.row, self.intake.storage
        if row["media_id"] is not None:
            return []
        first = standing.received // PART
        places = []
        for number in range(first + 1, first + 1 + URLS):
            offset = (number - 1) * PART
            url = storage.part_url(sessions.draft_of(row), number, URL_LIFE) if offset < row["size"] else None
            if url is None:
                break
            places.append(PartPlace(number, offset, min(PART, row["size"] - offset), url))
        return places

    async def _received(self, row: Row) -> int:
        if row["media_id"] is not None or row["ticket"] is None:
            return int(row["size"] if row["media_id"] is not None else 0)
        parts = await self.intake.storage.arrived(sessions.draft_of(row))
        if parts == 0 and await finishing.is_joined(self.intake.storage, row):
            return int(row["size"])
        return parts + (row["tail_size"] if row["tail_at"] == parts else 0)

    async def _end(self, db: Database, row: Row) -> None:
        """Leave nothing of it but the file that it may have become."""
        await sessions.forget_bytes(self.intake.storage, row)

        async def forget(tx: Tx) -> None:
            ended = await tx.one(uploads.end_session(), session=row["id"])
            if ended is not None:
                await rules.refund(tx, ended["owner_id"], ended["reserved"])

        await db.transact(forget)


async def own(db: Database, owner: int, session: str) -> Row:
    """An upload of one's own; raises NotFound."""
    async with db.reading() as tx:
        row = await tx.one(resumable.own_session(), session=session, owner=owner)
    if row is None:
        raise NotFound(Reason.UPLOAD_NOT_FOUND)
    return row


async def _claim(db: Database, session: str) -> None:
    """Be the only one who finishes it or gives it up; raises Changed when somebody else does or has."""
    now = clock.now()
    claimed = await db.transact(
        lambda tx: tx.value(resumable.claim(), session=session, now=now, stale=now - sessions.FINISHING)
    )
    if claimed is None:
        raise Changed(Reason.UPLOAD_BUSY)


async def _unclaim(db: Database, session: str) -> None:
    await db.transact(lambda tx: tx.run(resumable.unclaim(), session=session))
