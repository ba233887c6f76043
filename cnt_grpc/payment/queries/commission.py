"""Statements on the commission."""

from sqlalchemy import Executable, bindparam, insert, select

from cnt_grpc.kit.db import statement
from cnt_grpc.payment.tables import commission_settings

_rule = commission_settings.c
_NAMES = (
    *("kind", "basis_points", "fixed_minor", "fixed_coins", "is_active", "minor_per_thousand_coins"),
    *("coin_currency", "since"),
)


@statement
def rule_in_force() -> Executable:
    """The last rule."""
    return select(commission_settings).order_by(_rule.id.desc()).limit(1)


@statement
def insert_rule() -> Executable:
    """Another rule, in force from now on."""
    values = {name: bindparam(name, type_=commission_settings.c[name].type) for name in _NAMES}
    return insert(commission_settings).values(values).returning(*commission_settings.c)
