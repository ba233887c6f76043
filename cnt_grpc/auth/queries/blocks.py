"""Who does not want to meet whom."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Executable, bindparam, delete, select, union
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.auth.tables import blocks, users
from cnt_grpc.kit.db import Row, Tx, among, statement
from cnt_grpc.kit.paging import Page, beyond


async def insert_block(tx: Tx, blocker_id: int, blocked_id: int, now: datetime) -> None:
    """Note a block; twice is once. Raises NotFound when nobody has this id."""
    await tx.run(_insert(), blocker_id=blocker_id, blocked_id=blocked_id, created_at=now)


async def delete_block(tx: Tx, blocker_id: int, blocked_id: int) -> None:
    """Take a block back, if there is one."""
    await tx.run(_delete(), blocker_id=blocker_id, blocked_id=blocked_id)


async def blocked_by(tx: Tx, blocker_id: int, page: Page) -> list[Row]:
    """A page of those whom somebody blocked, the latest first, with blocked_at."""
    return await tx.all(_blocked(page.limit, page.is_first), blocker_id=blocker_id, **page.params)


async def blocks_of(tx: Tx, people: Sequence[int]) -> dict[int, frozenset[int]]:
    """Whom each of these people shall not meet, whoever of the two wished so; those without any block are missing."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for row in await tx.all(_of(), people=people):
        found[row["blocker_id"]].add(row["blocked_id"])
        found[row["blocked_id"]].add(row["blocker_id"])
    wanted = set(people)
    return {person: frozenset(others) for person, others in found.items() if person in wanted}


@statement
def _of() -> Executable:
    columns = (blocks.c.blocker_id, blocks.c.blocked_id)
    # Two halves, each by its own index: one OR would read the whole table.
    return union(
        select(*columns).where(among(blocks.c.blocker_id, "people")),
        select(*columns).where(among(blocks.c.blocked_id, "people")),
    )


@statement
def _insert() -> Executable:
    columns = ("blocker_id", "blocked_id", "created_at")
    return insert(blocks).values({name: bindparam(name) for name in columns}).on_conflict_do_nothing()


@statement
def _delete() -> Executable:
    return delete(blocks).where(
        blocks.c.blocker_id == bindparam("blocker_id"), blocks.c.blocked_id == bindparam("blocked_id")
    )


@statement
def _blocked(limit: int, is_first: bool) -> Executable:  # noqa: FBT001  (a variant of the statement)
    found = (
        select(users.c.id, users.c.name, users.c.username, users.c.avatar_key, blocks.c.created_at.label("blocked_at"))
        .join_from(blocks, users, users.c.id == blocks.c.blocked_id)
        .where(blocks.c.blocker_id == bindparam("blocker_id"))
        .order_by(blocks.c.created_at.desc(), blocks.c.blocked_id.desc())
        .limit(limit)
    )
    return found if is_first else found.where(beyond(blocks.c.created_at, blocks.c.blocked_id))
