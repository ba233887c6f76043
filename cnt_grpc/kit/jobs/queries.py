"""Every SQL statement about jobs."""

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Integer,
    Text,
    bindparam,
    case,
    cast,
    column,
    delete,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    table,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.db.tables import MOMENT, jobs
from cnt_grpc.kit.jobs.queue import SETTINGS

BAND = 1000
"""Ranks in one step of priority: fairness between owners never lifts a job into the next step."""

MOST_RANK = 100

_OPEN = jobs.c.state.in_(["queued", "running"])

_delivery = table(
    SETTINGS.queue_table,
    column("dedupe_key"),
    column("status"),
    column("execute_after", MOMENT),
    schema=SETTINGS.db_schema,
)
_delivery_log = table(SETTINGS.queue_table_log, column("id"), column("created"), schema=SETTINGS.db_schema)


@statement
def add() -> Executable:
    """A new job, behind those that its owner has open already, so that a hundred of one do not hold up another's one.

    No row when an equal job waits.
    """
    mine = select(literal(1)).where(jobs.c.owner_id == bindparam("owner"), _OPEN).limit(MOST_RANK).subquery()
    rank = case(
        (bindparam("owner", type_=BigInteger) == 0, 0), else_=select(func.count()).select_from(mine).scalar_subquery()
    )
    return (
        insert(jobs)
        .values(
            kind=bindparam("kind"),
            payload=bindparam("payload"),
            sealed=bindparam("sealed"),
            owner_id=bindparam("owner"),
            dedupe=bindparam("dedupe"),
            priority=bindparam("step", type_=Integer) * BAND - cast(rank, Integer),
            created_at=bindparam("now"),
        )
        .on_conflict_do_nothing(index_elements=["kind", "dedupe"], index_where=jobs.c.state == "queued")
        .returning(jobs.c.id, jobs.c.priority)
    )


@statement
def waiting_twin() -> Executable:
    """The equal job that waits, kept from starting until this transaction ends.

    Else it may read what this transaction is about to change, and still stand for it.
    """
    return (
        select(jobs.c.id)
        .where(jobs.c.kind == bindparam("kind"), jobs.c.dedupe == bindparam("dedupe"), jobs.c.state == "queued")
        .with_for_update(read=True)
    )


@statement
def find() -> Executable:
    """How far a job is."""
    names = ("id", "kind", "owner_id", "state", "attempts", "progress", "stage", "cancel_requested", "error")
    return select(*(jobs.c[name] for name in names)).where(jobs.c.id == bindparam("job"))


@statement
def request_cancel() -> Executable:
    """Ask for the end of a job: one that waits ends at once."""
    waits = jobs.c.state == "queued"
    return (
        update(jobs)
        .where(jobs.c.id == bindparam("job"), _OPEN)
        .values(
            cancel_requested=True,
            state=case((waits, "cancelled"), else_=jobs.c.state),
            finished_at=case((waits, bindparam("now", type_=MOMENT)), else_=null()),
            payload=case((waits, null()), else_=jobs.c.payload),
        )
        .returning(jobs.c.state)
    )


@statement
def cancelled_among() -> Executable:
    """Those of these jobs whose end was asked for."""
    return select(jobs.c.id).where(among(jobs.c.id, "jobs"), jobs.c.cancel_requested)


@statement
def claim() -> Executable:
    """Start a run: the job is this run's now, and any other run's no more. Safe to repeat when no answer came."""
    return (
        update(jobs)
        .where(jobs.c.id == bindparam("job"), _OPEN, ~jobs.c.cancel_requested)
        .values(
            state="running",
            run_id=bindparam("run"),
            attempts=jobs.c.attempts + case((jobs.c.run_id == bindparam("run"), 0), else_=1),
            started_at=bindparam("now"),
        )
        .returning(jobs.c.attempts, jobs.c.payload, jobs.c.sealed, jobs.c.owner_id)
    )


@statement
def end_cancelled() -> Executable:
    """A job whose run died before it saw the request to end."""
    return _ends("cancelled", jobs.c.id == bindparam("job"), _OPEN, jobs.c.cancel_requested)


@statement
def finish(state: str) -> Executable:
    """The end of a run: `done` or `cancelled`. Its payload has served, and may be personal."""
    return _ends(state, *_mine())


@statement
def fail() -> Executable:
    """The end of a job that will not be tried again; it keeps its payload for whoever looks into it."""
    return (
        update(jobs)
        .where(*_mine())
        .values(state="failed", error=bindparam("error"), finished_at=bindparam("now"))
        .returning(jobs.c.id)
    )


@statement
def put_back(*, counted: bool) -> Executable:
    """Back to the queue after a failure; uncounted when the worker stopped, which is not the job's fault."""
    values = {} if counted else {"attempts": jobs.c.attempts - 1}
    return (
        update(jobs)
        .where(*_mine())
        .values(state="queued", run_id=None, error=bindparam("error"), **values)
        .returning(jobs.c.id)
    )


@statement
def progress() -> Executable:
    """How far the run is. One that begins again after another died shows no less than that one did."""
    return (
        update(jobs)
        .where(*_mine())
        .values(progress=func.greatest(jobs.c.progress, bindparam("percent", type_=Integer)), stage=bindparam("stage"))
        .returning(jobs.c.id)
    )


@statement
def undelivered(limit: int) -> Executable:
    """Open jobs that PgQueuer knows nothing of, although their last change is a while ago."""
    delivered = exists().where(
        _delivery.c.dedupe_key == cast(jobs.c.id, Text), cast(_delivery.c.status, Text).in_(["queued", "picked"])
    )
    changed = func.coalesce(jobs.c.started_at, jobs.c.created_at)
    return (
        select(jobs.c.id, jobs.c.kind, jobs.c.priority)
        .where(_OPEN, among(jobs.c.kind, "kinds"), changed < bindparam("before"), ~delivered)
        .order_by(jobs.c.id)
        .limit(limit)
    )


@statement
def purge(limit: int) -> Executable:
    """Drop some jobs that ended long ago; failed ones are kept longer, to be looked into."""
    old = (
        select(jobs.c.id)
        .where(
            or_(
                jobs.c.finished_at < bindparam("failed_before"),
                (jobs.c.finished_at < bindparam("before")) & (jobs.c.state != "failed"),
            )
        )
        .limit(limit)
    )
    return delete(jobs).where(jobs.c.id.in_(old))


@statement
def purge_delivery_log(limit: int) -> Executable:
    """Drop some of PgQueuer's log: a row for each change of each delivery, which nobody else removes."""
    old = select(_delivery_log.c.id).where(_delivery_log.c.created < bindparam("before")).limit(limit)
    return delete(_delivery_log).where(_delivery_log.c.id.in_(old))


def _mine() -> tuple[ColumnElement[bool], ...]:
    return jobs.c.id == bindparam("job"), jobs.c.run_id == bindparam("run"), jobs.c.state == "running"


def _ends(state: str, *where: ColumnElement[bool]) -> Executable:
    values: dict[str, object] = {"state": state, "finished_at": bindparam("now"), "payload": None, "error": None}
    if state == "done":
        values["progress"] = 100
    return update(jobs).where(*where).values(values).returning(jobs.c.id)


@statement
def lag() -> Executable:
    """How many jobs are due, how many run, and how many seconds the oldest of those due has waited."""
    due = cast(_delivery.c.status, Text) == "queued"
    waited = func.extract("epoch", func.now() - func.min(_delivery.c.execute_after).filter(due))
    return select(
        func.count().filter(due).label("due"),
        func.count().filter(~due).label("running"),
        func.coalesce(waited, 0).label("lag"),
    ).where(_delivery.c.execute_after <= func.now())
