"""Statements on what the dashboard shows."""

from sqlalchemy import Executable, bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc.admin.tables import dashboard_totals
from cnt_grpc.kit.db import statement


@statement
def totals() -> Executable:
    """What was counted last: a row for each figure of the rooms, however much there is of it."""
    return select(dashboard_totals.c.name, dashboard_totals.c.value, dashboard_totals.c.measured_at)


@statement
def set_total() -> Executable:
    """What was counted just now."""
    new = upsert(dashboard_totals).values({each: bindparam(each) for each in ("name", "value", "measured_at")})
    return new.on_conflict_do_update(
        index_elements=["name"], set_={each: new.excluded[each] for each in ("value", "measured_at")}
    )
