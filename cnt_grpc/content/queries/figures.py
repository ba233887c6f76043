"""Numbers of the content room: items by kind, and how often they were played."""

from datetime import timedelta

from sqlalchemy import Executable, bindparam, func, select

from cnt_grpc.content.kinds import KINDS
from cnt_grpc.content.tables import content_items, plays
from cnt_grpc.kit.db import Statement, statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.figures import Figure


@statement
def _items(kind: str) -> Executable:
    return select(func.count()).select_from(content_items).where(content_items.c.kind == kind)


@statement
def _plays(days: int) -> Executable:
    since = bindparam("now", type_=MOMENT) - timedelta(days=days)
    return select(func.count()).select_from(plays).where(plays.c.half_hour > since)


def _of(kind: str) -> Figure:
    def items() -> Statement:
        return _items(kind)

    return Figure(f"items_{kind}", items)


def _of_days(days: int) -> Figure:
    def played() -> Statement:
        return _plays(days)

    return Figure(f"plays_{days}_days", played, of_time=True)


FIGURES = (*(_of(kind.name) for kind in KINDS), _of_days(7), _of_days(30))
