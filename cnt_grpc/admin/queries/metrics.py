"""Statements on what was measured minute by minute."""

from sqlalchemy import Executable, Interval, and_, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc.admin.tables import metric_samples
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT

_sample = metric_samples.c


@statement
def sample(*, adds: bool) -> Executable:
    """What was measured in a minute; `adds` to what others have measured in it. Parameters: name, at, value."""
    new = upsert(metric_samples).values(
        {name: bindparam(name, type_=_sample[name].type) for name in ("name", "at", "value")}
    )
    value = _sample.value + new.excluded.value if adds else new.excluded.value
    return new.on_conflict_do_update(index_elements=["name", "at"], set_={"value": value})


@statement
def series(*, sums: bool) -> Executable:
    """A point for each step that has samples: their sum, or the highest of them.

    Parameters: name, since, until, step.
    """
    since = bindparam("since", type_=MOMENT)
    start = func.date_bin(bindparam("step", type_=Interval), _sample.at, since).label("at")
    value = func.sum(_sample.value) if sums else func.max(_sample.value)
    wanted = and_(_sample.name == bindparam("name"), _sample.at >= since, _sample.at < bindparam("until", type_=MOMENT))
    return select(start, value.label("value")).where(wanted).group_by(start).order_by(start)


@statement
def forget() -> Executable:
    """Drop what was measured before a moment. Parameters: name, before."""
    return delete(metric_samples).where(
        _sample.name == bindparam("name"), _sample.at < bindparam("before", type_=MOMENT)
    )
