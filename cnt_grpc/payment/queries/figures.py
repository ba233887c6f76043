"""Numbers of the payment room: gifts of the last days."""

from datetime import timedelta

from sqlalchemy import Executable, bindparam, func, select

from cnt_grpc.kit.db import Statement, statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.figures import Figure
from cnt_grpc.payment.tables import gift_transactions


@statement
def _gifts(days: int) -> Executable:
    since = bindparam("now", type_=MOMENT) - timedelta(days=days)
    return select(func.count()).select_from(gift_transactions).where(gift_transactions.c.created_at > since)


def _of_days(days: int) -> Figure:
    def given() -> Statement:
        return _gifts(days)

    return Figure(f"gifts_{days}_days", given, of_time=True)


FIGURES = (_of_days(7), _of_days(30))
