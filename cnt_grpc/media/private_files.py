"""Files that we made for one person, and that only signed addresses lead to: auth's port Vault, filled."""

import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cnt_grpc.auth import Vault
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.media.keeping import release
from cnt_grpc.media.purposes import EXPORTS
from cnt_grpc.media.queries import private_files as queries
from cnt_grpc.media.queries import uploads
from cnt_grpc.media.rules import use
from cnt_grpc.media.storage import Storage
from cnt_grpc.media.urls import Urls

_TYPE: Final = "application/json"
_ROOM: Final = "auth"


@dataclass(frozen=True, slots=True)
class PrivateFiles(Vault):
    """Keeps exports in the store; the key is the name by which auth knows a file. They count against nobody's quota."""

    storage: Storage
    urls: Urls

    async def keep(self, db: Database, user_id: int, file: Path) -> str:
        key = f"{EXPORTS}/{uuid.uuid4().hex}.json"
        session = secrets.token_urlsafe(24)
        now = clock.now()

        async def note(tx: Tx) -> None:
            # Before the first byte is stored it is known where it goes: a crash leaves nothing that nobody sweeps.
            await tx.run(
                uploads.add_session(), id=session, owner=user_id, purpose="export", key=key, reserved=0, now=now
            )

        await db.transact(note)
        written = await self.storage.put(key, file, _TYPE)

        async def adopt(tx: Tx) -> None:
            await tx.one(uploads.end_session(), session=session)
            await tx.run(
                queries.add_private_file(),
                owner=user_id,
                key=key,
                content_type=_TYPE,
                size=written.size,
                sha256=written.sha256,
                now=now,
            )

        await db.transact(adopt)
        return key

    def url(self, kept: str) -> str:
        return self.urls.private(kept)

    async def hold(self, tx: Tx, kept: str) -> None:
        media_id = await tx.value(queries.id_of_key(), key=kept)
        if media_id is not None:
            await use(tx, media_id, _ROOM, f"export:{kept}")

    async def drop(self, tx: Tx, kept: str) -> None:
        await release(tx, _ROOM, f"export:{kept}")
