"""Statements of the worker, which asks for nobody: what it makes, how far it is, and how edits end."""

from sqlalchemy import Executable, bindparam, case, func, select, update

from cnt_grpc.editing.tables import edits
from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import statement

KIND = "editing.make"
"""Of the jobs that make edits."""

_job = jobs.standing


@statement
def edit_to_make() -> Executable:
    """What a job must know of its edit; no row when the edit has ended or has another job. Parameters: edit, job."""
    return select(edits).where(
        edits.c.id == bindparam("edit"), edits.c.job_id == bindparam("job"), edits.c.state == "open"
    )


@statement
def begin() -> Executable:
    """A run begins: it will store its bytes under this key."""
    return (
        update(edits)
        .where(edits.c.id == bindparam("edit"))
        .values(stored_key=bindparam("key"), speed=0, eta_ms=0)
        .returning(edits.c.id)
    )


@statement
def note_speed() -> Executable:
    """How fast a run is, and how long it will still take."""
    return (
        update(edits)
        .where(edits.c.id == bindparam("edit"))
        .values(speed=bindparam("speed"), eta_ms=bindparam("eta_ms"))
    )


@statement
def finish() -> Executable:
    """The end of an edit that has a result; no row when it has ended before."""
    given = ("version", "actual_start_ms", "attempts", "started_at", "finished_at")
    return (
        update(edits)
        .where(edits.c.id == bindparam("edit"), edits.c.state == "open")
        .values(state="done", speed=0, eta_ms=0, stored_key=None, **{name: bindparam(name) for name in given})
        .returning(edits.c.id)
    )


@statement
def fail() -> Executable:
    """The end of an edit that has none."""
    given = ("reason", "message", "percent", "attempts", "started_at", "finished_at")
    return (
        update(edits)
        .where(edits.c.id == bindparam("edit"), edits.c.state == "open")
        .values(state="failed", speed=0, eta_ms=0, **{name: bindparam(name) for name in given})
        .returning(edits.c.id)
    )


@statement
def settle() -> Executable:
    """Write down the end of edits whose job ended without them, some at a time; how they ended."""
    ended = (
        select(edits.c.id, _job.c.state, _job.c.error, _job.c.attempts, _job.c.progress)
        .outerjoin(_job, _job.c.id == edits.c.job_id)
        .where(
            edits.c.state == "open",
            edits.c.created_at < bindparam("before"),
            func.coalesce(_job.c.state, "failed").not_in(["queued", "running"]),
        )
        .limit(200)
        .with_for_update(of=edits, skip_locked=True)
        .cte("ended")
    )
    cancelled = ended.c.state == "cancelled"
    return (
        update(edits)
        .where(edits.c.id == ended.c.id)
        .values(
            state=case((cancelled, "cancelled"), else_="failed"),
            reason=case((cancelled, ""), else_=bindparam("reason")),
            message=case((cancelled, ""), else_=func.coalesce(ended.c.error, "")),
            attempts=func.coalesce(ended.c.attempts, 0),
            percent=func.coalesce(ended.c.progress, 0),
            speed=0,
            eta_ms=0,
            finished_at=bindparam("now"),
        )
        .returning(edits.c.id)
    )


@statement
def left_behind() -> Executable:
    """Keys under which ended edits may have stored something that no version has; some at a time."""
    return (
        select(edits.c.id, edits.c.stored_key)
        .where(edits.c.finished_at < bindparam("before"), edits.c.state != "done", edits.c.stored_key.is_not(None))
        .limit(200)
    )


@statement
def forget_key() -> Executable:
    """Nothing is left under this key."""
    return (
        update(edits)
        .where(edits.c.id == bindparam("edit"), edits.c.stored_key == bindparam("key"))
        .values(stored_key=None)
    )


@statement
def forget_edits(limit: int) -> Executable:
    """Drop some edits that failed or were cancelled long ago; which these were."""
    old = (
        select(edits.c.id)
        .where(edits.c.finished_at < bindparam("before"), edits.c.state.in_(["failed", "cancelled"]))
        .where(edits.c.stored_key.is_(None))
        .limit(limit)
    )
    return edits.delete().where(edits.c.id.in_(old)).returning(edits.c.id)


@statement
def let_sources_go(limit: int) -> Executable:
    """Note that some edits that ended well before `before` keep their sources no longer; which these are."""
    old = (
        select(edits.c.id)
        .where(edits.c.keeps_sources, edits.c.finished_at < bindparam("before"), edits.c.state == "done")
        .limit(limit)
    )
    return update(edits).where(edits.c.id.in_(old)).values(keeps_sources=False).returning(edits.c.id)
