"""Pages by keyset: complete, without doubles, bound to their list, and impossible to make up."""

import base64
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Executable, bindparam, insert, select

from cnt_grpc.kit.db import Database, Row, Tx, statement
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.paging import LARGEST, SIZE, Page, SortValue, beyond
from cnt_grpc.pb.cnt.common.v1.reason import Reason
from tests.harness.database import Cluster
from tests.kit import things
from tests.kit.things import things as table

METHOD = "cnt.content.v1.ContentService/ListPodcasts"


@dataclass
class Request:
    page_size: int = 0
    page_token: str = ""


@statement
def newest(limit: int, *, first: bool) -> Executable:
    found = select(table.c.id, table.c.at).order_by(table.c.at.desc(), table.c.id.desc()).limit(limit)
    return found if first else found.where(beyond(table.c.at, table.c.id))


@statement
def add() -> Executable:
    return insert(table).values(name=bindparam("name"), at=bindparam("at"))


async def fetch(tx: Tx, request: Request) -> tuple[list[Row], str]:
    page = Page.of(request, method=METHOD)
    rows = await tx.all(newest(page.limit, first=page.is_first), **page.params)
    return page.cut(rows, key=lambda row: (row["at"], row["id"]))


@pytest.fixture
async def db(cluster: Cluster) -> AsyncIterator[Database]:
    db = Database(await cluster.clone())
    await things.create(db)
    yield db
    await db.close()


async def test_walking_all_pages_shows_each_row_once_although_keys_are_equal_and_rows_are_added(db: Database) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    moments = [start + timedelta(microseconds=random.randrange(20)) for _ in range(500)]
    async with db.transaction() as tx:
        await tx.many(add(), [{"name": f"old {n}", "at": at} for n, at in enumerate(moments)])
        old = {row["id"] for row in await tx.all(newest(500, first=True))}
    seen: list[int] = []
    request = Request(page_size=7)
    while True:
        async with db.transaction() as tx:
            rows, token = await fetch(tx, request)
            assert len(rows) <= 7
            assert len(rows) == 7 or not token
            # Someone adds rows everywhere while the list is read.
            at = start + timedelta(microseconds=random.randrange(20))
            await tx.run(add(), name=f"new {len(seen)}", at=at)
        seen += [row["id"] for row in rows]
        if not token:
            break
        request = replace(request, page_token=token)
    assert len(seen) == len(set(seen))
    assert old <= set(seen)


@pytest.mark.parametrize(
    ("asked", "shown", "limit"), [(0, SIZE, 21), (1, 1, 11), (10, 10, 11), (11, 11, 21), (50, 50, 51), (100, 100, 101)]
)
def test_page_sizes(asked: int, shown: int, limit: int) -> None:
    page = Page.of(Request(page_size=asked), method=METHOD)
    assert (page.size, page.limit) == (shown, limit)


def test_too_large_is_cut_and_negative_is_refused() -> None:
    assert Page.of(Request(page_size=10_000), method=METHOD).size == LARGEST
    with pytest.raises(Invalid) as refused:
        Page.of(Request(page_size=-1), method=METHOD)
    assert refused.value.violations[0].field == "page_size"


def token_for(*values: SortValue, filters: tuple[object, ...] = (), method: str = METHOD) -> str:
    page = Page.of(Request(page_size=1), method=method, filters=filters)
    return page.cut([0, 1], key=lambda _: values)[1]


def after(token: str, filters: tuple[object, ...] = (), method: str = METHOD) -> tuple[SortValue, ...] | None:
    return Page.of(Request(page_token=token), method=method, filters=filters).after


def test_sort_values_survive_to_the_last_digit() -> None:
    moment = datetime(2026, 11, 20, 12, 34, 56, 789013, tzinfo=UTC)
    examples: list[tuple[SortValue, ...]] = [
        (moment, 9_007_199_254_740_993),
        (datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), 1),
        ("", 1),
        ("Ünïcode \x00 and more" * 30, -5),
        (0.1 + 0.2, 3),
        (float("inf"), 3),
        (7,),
        (1, 2.5, "x", moment, 4),
    ]
    for values in examples:
        assert after(token_for(*values)) == values


def test_a_token_serves_only_its_own_list() -> None:
    token = token_for(1, 2, filters=("music", 3))
    assert after(token, filters=("music", 3)) == (1, 2)
    for other in [
        {"filters": ("music", 4)},
        {"filters": ()},
        {"filters": ("music", 3), "method": "cnt.content.v1.ContentService/ListMovies"},
    ]:
        with pytest.raises(Invalid) as refused:
            after(token, **other)  # type: ignore[arg-type]
        assert refused.value.reason == Reason.PAGE_TOKEN_INVALID


def test_no_changed_token_is_taken() -> None:
    token = token_for(datetime(2026, 1, 1, tzinfo=UTC), 42)
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    bad = ["x", "§", "a" * 1000, token[:-3], token + token, "=" * 8, " " + token]
    bad += [
        base64.urlsafe_b64encode(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]).decode() for at in range(len(raw))
    ]
    for each in bad:
        with pytest.raises(Invalid) as refused:
            after(each)
        assert refused.value.reason == Reason.PAGE_TOKEN_INVALID


def test_what_cannot_be_sorted_by_is_a_defect() -> None:
    for value in (None, True, b"x"):
        with pytest.raises(TypeError):
            token_for(value, 1)  # type: ignore[arg-type]
