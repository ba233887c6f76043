"""Statements on the categories of content."""

from sqlalchemy import BigInteger, ColumnElement, Executable, bindparam, delete, func, insert, or_, select, update

from cnt_grpc.content.tables import categories
from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.paging import beyond

_category = categories.c
_ID = bindparam("category_id", type_=BigInteger)
_SHOWN = (_category.id, _category.name, _category.kind, _category.position)


def _values(*names: str) -> dict[str, ColumnElement[object]]:
    return {name: bindparam(name, type_=categories.c[name].type) for name in names}


@statement
def any_category() -> Executable:
    """A row if there is any category."""
    return select(_category.id).limit(1)


@statement
def insert_category() -> Executable:
    """A new category, which rules may know by its slug."""
    return insert(categories).values(_values("slug", "name", "kind", "position")).returning(*_SHOWN)


@statement
def category_to_change() -> Executable:
    """One category, locked. Parameter: category_id."""
    return select(*_SHOWN).where(_category.id == _ID).with_for_update()


@statement
def update_category() -> Executable:
    """Set all that is changeable of a category."""
    return update(categories).where(_category.id == _ID).values(_values("name", "kind", "position")).returning(*_SHOWN)


@statement
def delete_category() -> Executable:
    """Delete a category; what belonged to it stays. Parameter: category_id."""
    return delete(categories).where(_category.id == _ID)


@statement
def category_named() -> Executable:
    """The id of the category with this name, whatever its case. Parameter: name."""
    return select(_category.id).where(func.lower(_category.name) == func.lower(bindparam("name")))


@statement
def category_with_slug() -> Executable:
    """The id of the category that rules know by this slug. Parameter: slug."""
    return select(_category.id).where(_category.slug == bindparam("slug"))


@statement
def categories_to_name() -> Executable:
    """Those of these categories (parameter: ids) that are there, and stay until the transaction ends."""
    found = select(_category.id).where(among(_category.id, "ids"))
    return found.order_by(_category.id).with_for_update(read=True, key_share=True)


@statement
def categories_page(limit: int, *, of_kind: bool, after: bool) -> Executable:
    """A page of categories in the order of menus; `of_kind`: only those that suit a kind of item (parameter: kind)."""
    found = select(*_SHOWN)
    if of_kind:
        found = found.where(or_(_category.kind.is_(None), _category.kind == bindparam("kind")))
    if after:
        found = found.where(beyond(_category.position, _category.id, ascending=True))
    return found.order_by(_category.position, _category.id).limit(limit)
