"""What the search room knows of a person: shown to them, and gone when they go."""

from collections.abc import AsyncIterator

from cnt_grpc.auth import Holder, Record
from cnt_grpc.kit.db import Tx
from cnt_grpc.search import queries
from cnt_grpc.search.document import Kind
from cnt_grpc.search.indexing import remove


async def export_person(tx: Tx, user_id: int) -> AsyncIterator[tuple[str, Record]]:
    """What others find of theirs, themselves included."""
    for row in await tx.all(queries.documents_of(), user_id=user_id):
        yield "search_documents", dict(row)


async def erase_person(tx: Tx, user_id: int) -> None:
    """Let nobody find the person. What is theirs goes, or loses its name, with its room."""
    await remove(tx, Kind.PERSON, user_id)


HOLDER = Holder("search", export_person, erase_person)
