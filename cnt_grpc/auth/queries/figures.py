"""Numbers of the auth room: how many people there are."""

from sqlalchemy import Executable, func, select

from cnt_grpc.auth.tables import users
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.figures import Figure


@statement
def _users() -> Executable:
    return select(func.count()).select_from(users).where(users.c.erased_at.is_(None), users.c.is_guest.is_(False))


FIGURES = (Figure("users", _users),)
