"""Events of outside parties: kept once, answered at once, handled by a job.

    fresh = await inbox.receive(
        tx, "stripe", event["id"], body=body, job=HANDLE_STRIPE, payload=lambda id: HandleStripe(inbox_id=id)
    )

The party's signature has been verified before. It may send an event any number of times, and in any order: the handler
reads the party's current state, so neither matters.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import Executable, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.kit import clock, jobs, seal
from cnt_grpc.kit.db import Row, Tx, statement
from cnt_grpc.kit.db.tables import inbox
from cnt_grpc.kit.jobs import Job
from cnt_grpc.kit.jobs.job import M


async def receive(
    tx: Tx,
    source: str,
    external_id: str,
    *,
    body: bytes,
    job: Job[M],
    payload: Callable[[int], M],
    headers: Mapping[str, str] | None = None,
) -> bool:
    """Keep the event, and have the job handle it; False when it came before.

    `payload` makes the job's message from the event's id here. The body is sealed: it names people.
    """
    event_id: int | None = await tx.value(
        _add(),
        source=source,
        external_id=external_id,
        payload=seal.seal("inbox", body, source.encode()),
        headers=dict(headers or {}),
        now=clock.now(),
    )
    if event_id is None:
        return False
    await jobs.enqueue(tx, job, payload(event_id))
    return True


async def read(tx: Tx, event_id: int) -> tuple[Row, bytes] | None:
    """The event (source, external_id, headers, received_at) and its body; None once it is handled."""
    row = await tx.one(_waiting(), event=event_id)
    if row is None:
        return None
    body = seal.unseal("inbox", row["payload"], row["source"].encode())
    if body is None:
        raise jobs.GiveUp("sealed with another SECRET_KEY")
    return row, body


async def handled(tx: Tx, event_id: int) -> None:
    """The event has had its effect, in this transaction; its body has served."""
    await tx.run(_handled(), event=event_id, now=clock.now())


@statement
def _add() -> Executable:
    names = ("source", "external_id", "payload", "headers")
    return (
        insert(inbox)
        .values(**{name: bindparam(name) for name in names}, received_at=bindparam("now"))
        .on_conflict_do_nothing(index_elements=["source", "external_id"])
        .returning(inbox.c.id)
    )


@statement
def _waiting() -> Executable:
    names = ("id", "source", "external_id", "payload", "headers", "received_at")
    return select(*(inbox.c[name] for name in names)).where(
        inbox.c.id == bindparam("event"), inbox.c.handled_at.is_(None)
    )


@statement
def _handled() -> Executable:
    return (
        update(inbox)
        .where(inbox.c.id == bindparam("event"))
        .values(handled_at=func.coalesce(inbox.c.handled_at, bindparam("now")), payload=None)
    )


@statement
def purge(limit: int) -> Executable:
    """Forget some events handled before `before`; it must lie further back than any party repeats itself."""
    return delete(inbox).where(
        inbox.c.id.in_(select(inbox.c.id).where(inbox.c.handled_at < bindparam("before")).limit(limit))
    )
