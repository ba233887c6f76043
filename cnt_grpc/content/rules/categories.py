"""Categories of content: the list of them, and those that every installation begins with."""

from typing import Final

from cnt_grpc.content.queries.categories import any_category, categories_page, insert_category
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.paging import Page

FIRST: Final = (
    ("sermons", "Sermons", None),
    ("bible-study", "Bible Study", None),
    ("devotionals", "Devotionals", None),
    ("prayer", "Prayer", None),
    ("worship", "Worship", None),
    ("gospel", "Gospel", None),
    ("animated-bible-stories", "Animated Bible Stories", "movie"),
)
"""Slug, name, and the kind of item that it is meant for (None: every kind), in the order of menus."""


async def seed(tx: Tx) -> None:
    """Make the first categories, unless there are any: what an administrator deleted does not come back."""
    if await tx.value(any_category()) is None:
        rows = [
            {"slug": slug, "name": name, "kind": kind, "position": position}
            for position, (slug, name, kind) in enumerate(FIRST, start=1)
        ]
        await tx.many(insert_category(), rows)


async def listed(tx: Tx, kind: str | None, page: Page) -> tuple[list[Row], str]:
    """A page of the categories that suit a kind of item (None: of all), and the token of the next page."""
    of_kind = {"kind": kind} if kind else {}
    stmt = categories_page(page.limit, of_kind=bool(kind), after=not page.is_first)
    found = await tx.all(stmt, **of_kind, **page.params)
    return page.cut(found, key=lambda row: (row["position"], row["id"]))
