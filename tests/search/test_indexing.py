"""What rooms put into the index and take out of it, in their own transaction."""

import pytest

from cnt_grpc import search
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row
from cnt_grpc.search import Document, Kind
from tests.search.makers import document


async def stored(db: Database, of: Document) -> list[Row]:
    """The rows of this document."""
    async with db.transaction() as tx:
        return await tx.raw("SELECT * FROM search_documents WHERE kind = $1 AND ref = $2", of.kind, of.ref)


async def test_put_twice_is_once_and_the_last_counts(scratch: Database) -> None:
    first = document(title="Harvest", text="Bring bread.", picture_key="images/a.jpg", owner_id=7)
    last = document(ref=first.ref, title="Advent", text="x" * 500, at=clock.now())
    async with scratch.transaction() as tx:
        await search.put(tx, first)
        await search.put(tx, last)
    (row,) = await stored(scratch, first)
    assert (row["title"], row["text"], row["owner_id"], row["picture_key"]) == ("Advent", "x" * 200, 0, None)
    assert "advent" in row["words"]
    assert "harvest" not in row["words"]


async def test_it_goes_with_the_transaction(scratch: Database) -> None:
    one = document()
    with pytest.raises(ZeroDivisionError):
        async with scratch.transaction() as tx:
            await search.put(tx, one)
            raise ZeroDivisionError
    assert await stored(scratch, one) == []


async def test_removed_is_gone_and_removing_nothing_is_fine(scratch: Database) -> None:
    one, other = document(), document(kind=Kind.POST)
    async with scratch.transaction() as tx:
        await search.put_all(tx, [one, other])
        await search.remove(tx, Kind.POST, one.ref)
        await search.remove(tx, one.kind, one.ref)
        await search.remove(tx, one.kind, one.ref)
    assert await stored(scratch, one) == []
    assert len(await stored(scratch, other)) == 1
