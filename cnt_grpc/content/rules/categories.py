"""Categories of content: the list of them, those that every installation begins with, and changes to them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from cnt_grpc import moderation
from cnt_grpc.content.queries import categories as queries
from cnt_grpc.content.queries.items import ANIMATED
from cnt_grpc.content.rules.items import Filter
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.content.v1.reason import Reason

FIRST: Final = (
    ("sermons", "Sermons", None),
    ("bible-study", "Bible Study", None),
    ("devotionals", "Devotionals", None),
    ("prayer", "Prayer", None),
    ("worship", "Worship", None),
    ("gospel", "Gospel", None),
    (ANIMATED, "Animated Bible Stories", "movie"),
)
"""Slug, name, and the kind of item that it is meant for (None: every kind), in the order of menus."""


async def seed(tx: Tx) -> None:
    """Make the first categories, unless there are any: what an administrator deleted does not come back."""
    if await tx.value(queries.any_category()) is None:
        rows = [
            {"slug": slug, "name": name, "kind": kind, "position": position}
            for position, (slug, name, kind) in enumerate(FIRST, start=1)
        ]
        await tx.many(queries.insert_category(), rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a category shall be. None keeps what is there."""

    name: str | None
    position: int | None
    kind: str | None
    """The kind of item that it is meant for; None for every kind. Counts if `changes_kind`."""
    changes_kind: bool


async def listed(tx: Tx, kind: str | None, page: Page) -> tuple[list[Row], str]:
    """A page of the categories that suit a kind of item (None: of all), and the token of the next page."""
    of_kind = {"kind": kind} if kind else {}
    stmt = queries.categories_page(page.limit, of_kind=bool(kind), after=not page.is_first)
    found = await tx.all(stmt, **of_kind, **page.params)
    return page.cut(found, key=lambda row: (row["position"], row["id"]))


async def create(tx: Tx, caller: Caller, wanted: Wish) -> Row:
    """Make a category. Raises Conflict when another one has its name."""
    row = await tx.one(
        queries.insert_category(), slug=None, name=wanted.name, kind=wanted.kind, position=wanted.position
    )
    assert row is not None
    _write_down(tx, caller, "create", row["id"], before={}, after=_facts(row))
    return row


async def update(tx: Tx, caller: Caller, category_id: int, wanted: Wish) -> Row:
    """Change a category. Raises NotFound, and Conflict when another one has its name."""
    old = await tx.one(queries.category_to_change(), category_id=category_id)
    if old is None:
        raise NotFound(Reason.CATEGORY_NOT_FOUND)
    row = await tx.one(
        queries.update_category(),
        category_id=category_id,
        name=old["name"] if wanted.name is None else wanted.name,
        kind=wanted.kind if wanted.changes_kind else old["kind"],
        position=old["position"] if wanted.position is None else wanted.position,
    )
    assert row is not None  # it is locked
    _write_down(tx, caller, "update", category_id, before=_facts(old), after=_facts(row))
    return row


async def delete(tx: Tx, caller: Caller, category_id: int) -> None:
    """Delete a category; what belonged to it stays, without one. Raises NotFound."""
    old = await tx.one(queries.category_to_change(), category_id=category_id)
    if old is None:
        raise NotFound(Reason.CATEGORY_NOT_FOUND)
    await tx.run(queries.delete_category(), category_id=category_id)
    _write_down(tx, caller, "delete", category_id, before=_facts(old), after={})


async def of_name(tx: Tx, wanted: Filter, name: str) -> Filter | None:
    """The same list, narrowed to the category with this name ("": to none); None when nothing can be in it."""
    if not name:
        return wanted
    return _within(wanted, await tx.value(queries.category_named(), name=name))


async def animated(tx: Tx) -> Filter | None:
    """The list of the category Animated Bible Stories; None when an administrator deleted it."""
    return _within(Filter(), await tx.value(queries.category_with_slug(), slug=ANIMATED))


def _within(wanted: Filter, category_id: int | None) -> Filter | None:
    if category_id is None or wanted.category_id not in {0, category_id}:
        return None
    return replace(wanted, category_id=category_id)


def _facts(row: Row) -> dict[str, object]:
    return {name: row[name] for name in ("name", "kind", "position")}


def _write_down(
    tx: Tx,
    caller: Caller,
    action: str,
    category_id: int,
    *,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    act = moderation.Act(
        actor_id=caller.user_id,
        action=action,
        target_kind="category",
        target_id=category_id,
        before=before,
        after=after,
    )
    moderation.record(tx, act)
