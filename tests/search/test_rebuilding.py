"""The index built anew: what is public comes in, what is not goes out, whatever happens meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from cnt_grpc import search
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.search import Document, Kind, Rebuilt
from tests.search.makers import document


class Shelf:
    """Events, of which a table of the test's own says which are public."""

    kind = Kind.EVENT

    async def documents(self, tx: Tx, after: int, limit: int) -> Sequence[Document]:
        """The public ones, held."""
        sql = "SELECT id FROM shelf WHERE is_public AND id > $1 ORDER BY id LIMIT $2 FOR SHARE"
        return [document(ref=row["id"], title=f"Event {row['id']}") for row in await tx.raw(sql, after, limit)]


@pytest.fixture
async def shelf(scratch: Database) -> AsyncIterator[Shelf]:
    """An empty shelf and an empty index."""
    async with scratch.transaction() as tx:
        await tx.raw("DELETE FROM search_documents")
        await tx.raw("CREATE TABLE shelf (id bigint PRIMARY KEY, is_public boolean NOT NULL)")
    yield Shelf()
    async with scratch.transaction() as tx:
        await tx.raw("DROP TABLE shelf")


async def fill(db: Database, public: Sequence[int], indexed: Sequence[int], hidden: Sequence[int] = ()) -> None:
    """Public and hidden events, and what the index holds."""
    async with db.transaction() as tx:
        await tx.raw("INSERT INTO shelf SELECT unnest($1::bigint[]), true", list(public))
        await tx.raw("INSERT INTO shelf SELECT unnest($1::bigint[]), false", list(hidden))
        await search.put_all(tx, [document(ref=ref, title="Old") for ref in indexed])


async def indexed(db: Database) -> list[tuple[int, str]]:
    """What the index holds."""
    async with db.transaction() as tx:
        return [
            (row["ref"], row["title"]) for row in await tx.raw("SELECT ref, title FROM search_documents ORDER BY 1")
        ]


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
@pytest.mark.parametrize(
    ("public", "held"),
    [
        ([], []),
        ([1, 2, 3, 4, 5], []),
        ([], [1, 2, 3, 4, 5]),
        ([1, 3, 5, 7, 9], [2, 4, 6, 8]),
        ([8, 9], [1, 2, 3, 4, 5, 6]),
        ([1, 2, 3], [7, 8, 9]),
        ([1, 2, 3, 4], [2, 3, 4, 5]),
    ],
)
async def test_it_holds_what_is_public_and_nothing_else(
    scratch: Database, shelf: Shelf, public: list[int], held: list[int], batch: int
) -> None:
    await fill(scratch, public, held)
    outcome = await search.rebuild(scratch, shelf, batch=batch)
    assert await indexed(scratch) == [(ref, f"Event {ref}") for ref in public]
    assert outcome == Rebuilt(len(public), len(set(held) - set(public)))


async def test_what_is_hidden_meanwhile_stays_hidden(scratch: Database, shelf: Shelf) -> None:
    await fill(scratch, [1, 2], [1, 2])
    async with scratch.transaction() as tx:
        await tx.raw("UPDATE shelf SET is_public = false WHERE id = 1")
        rebuilding = asyncio.create_task(search.rebuild(scratch, shelf))
        await asyncio.sleep(0.2)
        await search.remove(tx, Kind.EVENT, 1)
    await rebuilding
    assert [ref for ref, _ in await indexed(scratch)] == [2]


async def test_what_is_published_meanwhile_is_not_taken_out(scratch: Database, shelf: Shelf) -> None:
    await fill(scratch, [2], [1, 2], hidden=[1])
    async with scratch.transaction() as tx:
        await tx.raw("UPDATE shelf SET is_public = true WHERE id = 1")
        await search.put(tx, document(ref=1, title="Published"))
        rebuilding = asyncio.create_task(search.rebuild(scratch, shelf))
        await asyncio.sleep(0.2)
    await rebuilding
    assert (1, "Published") in await indexed(scratch)
