"""The Bible document with which every library begins: a PDF that the settings name, or short readings made here."""

import asyncio
import hashlib
from pathlib import Path
from typing import Final

from cnt_grpc import auth, media
from cnt_grpc.content import readings
from cnt_grpc.content.kinds import DOCUMENT
from cnt_grpc.content.queries.items import any_item
from cnt_grpc.content.rules import items
from cnt_grpc.content.rules.files import File
from cnt_grpc.content.rules.items import Changes
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.rpc.call import Caller

TITLE: Final = "The Bible"


async def furnish(db: Database, workshop: media.Workshop, pdf: Path | None) -> bool:
    """Publish the Bible document, unless there is any document or nobody yet who could publish it; whether it did.

    What an administrator deleted does not come back beside others. Raises OSError when the PDF cannot be read, and
    media.UnreadableError when it is none.
    """
    async with db.reading() as tx:
        if await tx.value(any_item(DOCUMENT)) is not None:
            return False
        administrators = await auth.people_with_role(tx, auth.Role.ADMIN)
    if not administrators:
        return False
    content = await asyncio.to_thread(pdf.read_bytes if pdf else readings.pdf)
    # The same bytes have the same key: a run that was broken off leaves nothing that the next one does not take up.
    made = await workshop.hand_in(content, f"documents/{hashlib.sha256(content).hexdigest()[:32]}.pdf")
    owner = administrators[0]

    async def publish(tx: Tx) -> None:
        media_id = await workshop.keep(tx, made, owner=owner, filename="bible.pdf")
        wanted = Changes(
            title=TITLE if pdf else readings.TITLE,
            description="" if pdf else "Short readings from the World English Bible, which is in the public domain.",
            source=File(media_id),
        )
        await items.create(tx, Caller(user_id=owner, roles=frozenset({auth.Role.ADMIN})), DOCUMENT, wanted)

    await db.transact(publish)
    return True
