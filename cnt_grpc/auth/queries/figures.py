"""Numbers of the auth room: how many people there are, and how many of them are here."""

from datetime import timedelta

from sqlalchemy import Executable, bindparam, func, select

from cnt_grpc.auth.tables import sessions, users
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.figures import Figure

_HERE = timedelta(minutes=30)
"""Whoever is here renews their tokens within that time."""


@statement
def _users() -> Executable:
    return select(func.count()).select_from(users).where(users.c.erased_at.is_(None), users.c.is_guest.is_(False))


@statement
def _active() -> Executable:
    since = bindparam("now", type_=MOMENT) - _HERE
    return select(func.count(sessions.c.user_id.distinct())).where(sessions.c.used_at > since)


FIGURES = (Figure("users", _users), Figure("active_people", _active, of_time=True, sampled=True))
