"""Statements on the categories of content."""

from sqlalchemy import Executable, bindparam, insert, or_, select

from cnt_grpc.content.tables import categories
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.paging import beyond


@statement
def any_category() -> Executable:
    """A row if there is any category."""
    return select(categories.c.id).limit(1)


@statement
def insert_category() -> Executable:
    """A new category."""
    return insert(categories).values({name: bindparam(name) for name in ("slug", "name", "kind", "position")})


@statement
def categories_page(limit: int, *, of_kind: bool, after: bool) -> Executable:
    """A page of categories in the order of menus; `of_kind`: only those that suit a kind of item (parameter: kind)."""
    category = categories.c
    found = select(category.id, category.name, category.kind, category.position)
    if of_kind:
        found = found.where(or_(category.kind.is_(None), category.kind == bindparam("kind")))
    if after:
        found = found.where(beyond(category.position, category.id, ascending=True))
    return found.order_by(category.position, category.id).limit(limit)
