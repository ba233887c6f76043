"""What happened to accounts that their owners should know of."""

from datetime import datetime

from sqlalchemy import Executable, bindparam, insert, select

from cnt_grpc.auth.tables import security_events
from cnt_grpc.kit.db import Row, Tx, statement


async def insert_security_event(
    tx: Tx, user_id: int, kind: str, *, session_id: int | None, address: str, user_agent: str, now: datetime
) -> int:
    """The id of a new security event."""
    event_id: int = await tx.value(
        _insert_event(),
        user_id=user_id,
        kind=kind,
        session_id=session_id,
        address=address,
        user_agent=user_agent,
        created_at=now,
    )
    return event_id


async def security_event(tx: Tx, event_id: int) -> Row | None:
    """A security event with its kind, person, address, user_agent and time."""
    return await tx.one(_event(), event_id=event_id)


_EVENT = ("user_id", "kind", "session_id", "address", "user_agent", "created_at")


@statement
def _insert_event() -> Executable:
    return insert(security_events).values({name: bindparam(name) for name in _EVENT}).returning(security_events.c.id)


@statement
def _event() -> Executable:
    columns = [security_events.c[name] for name in ("id", *_EVENT)]
    return select(*columns).where(security_events.c.id == bindparam("event_id"))
