"""Statements on packages of coins."""

from sqlalchemy import BigInteger, ColumnElement, Executable, bindparam, insert, select, update

from cnt_grpc.kit.db import statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.payment.tables import coin_packages

_package = coin_packages.c
_ID = bindparam("package_id", type_=BigInteger)
_NAMES = (
    *("name", "coins", "bonus_coins", "amount_minor", "currency", "position"),
    *("reward_percent", "reward_days"),
)


def _values(*names: str) -> dict[str, ColumnElement[object]]:
    return {name: bindparam(name, type_=coin_packages.c[name].type) for name in names}


@statement
def any_package() -> Executable:
    """A row if there is any package."""
    return select(_package.id).limit(1)


@statement
def insert_package() -> Executable:
    """A new package."""
    return insert(coin_packages).values(_values(*_NAMES)).returning(*coin_packages.c)


@statement
def package_to_change() -> Executable:
    """One package, locked. Parameter: package_id."""
    return select(coin_packages).where(_package.id == _ID).with_for_update()


@statement
def package() -> Executable:
    """One package, whether it is sold or not. Parameter: package_id."""
    return select(coin_packages).where(_package.id == _ID)


@statement
def sold_package() -> Executable:
    """One package that is sold. Parameter: package_id."""
    return select(coin_packages).where(_package.id == _ID, _package.is_active)


@statement
def update_package() -> Executable:
    """Set all that is changeable of a package."""
    changed = _values(*_NAMES, "is_active")
    return update(coin_packages).where(_package.id == _ID).values(changed).returning(*coin_packages.c)


@statement
def packages_page(limit: int, *, every: bool, after: bool) -> Executable:
    """A page of packages in the order of menus; `every`: also those that are not sold any more."""
    found = select(coin_packages)
    if not every:
        found = found.where(_package.is_active)
    if after:
        found = found.where(beyond(_package.position, _package.id, ascending=True))
    return found.order_by(_package.position, _package.id).limit(limit)
