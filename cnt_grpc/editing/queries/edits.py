"""Statements on edits: asking for one, showing how far it is, and its end."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Executable, Select, and_, bindparam, case, func, insert, select, update

from cnt_grpc import media
from cnt_grpc.editing.tables import edit_versions, edits
from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.paging import beyond

KIND: Final = "editing.make"
"""Of the jobs that make edits."""

_TYPICAL: Final = 20
"""Edits that made an average of how long one takes."""

_job = jobs.standing
_made = media.objects.alias("made")

_waiting = (
    select(_job.c.id, func.row_number().over(order_by=(_job.c.priority.desc(), _job.c.id)).label("position"))
    .where(_job.c.kind == KIND, _job.c.state == "queued")
    .cte("waiting")
)
"""Jobs that wait, in the order in which they are taken."""

_recent = (
    select((edits.c.finished_at - edits.c.started_at).label("took"))
    .where(edits.c.finished_at.is_not(None), edits.c.state == "done")
    .order_by(edits.c.finished_at.desc())
    .limit(_TYPICAL)
    .subquery("recent")
)


def _state() -> ColumnElement[str]:
    """What has become of an edit: its job knows while the edit is open, and was forgotten where there is none."""
    return case(
        (edits.c.state != "open", edits.c.state),
        (_job.c.state.in_(["queued", "running", "failed", "cancelled"]), _job.c.state),
        else_="failed",
    )


def _shown() -> Select[Any]:
    """Edits as people see them, with their jobs and what they made."""
    version = and_(edit_versions.c.history_id == edits.c.history_id, edit_versions.c.number == edits.c.version)
    typical = select(func.avg(func.extract("epoch", _recent.c.took))).scalar_subquery()
    return (
        select(
            edits,
            _state().label("shown_state"),
            func.greatest(edits.c.percent, func.coalesce(_job.c.progress, 0)).label("progress"),
            _job.c.stage,
            _job.c.error.label("job_error"),
            func.greatest(edits.c.attempts, func.coalesce(_job.c.attempts, 0)).label("tries"),
            func.coalesce(_waiting.c.position, 0).label("position"),
            func.coalesce(typical, 0.0).label("typical_seconds"),
            *(_made.c[name].label(f"made_{name}") for name in _MADE),
        )
        .outerjoin(_job, and_(_job.c.id == edits.c.job_id, edits.c.state == "open"))
        .outerjoin(_waiting, _waiting.c.id == edits.c.job_id)
        .outerjoin(edit_versions, version)
        .outerjoin(_made, _made.c.id == edit_versions.c.media_id)
    )


_MADE: Final = (
    "id", "key", "visibility", "filename", "content_type", "size", "duration_ms", "width", "height",
)  # fmt: skip


@statement
def own_edit() -> Executable:
    """The access door: an edit of the caller's own. Parameters: edit, owner."""
    return _shown().where(edits.c.id == bindparam("edit"), edits.c.owner_id == bindparam("owner"))


@statement
def own_edits(limit: int, *, first: bool) -> Executable:
    """A page of the caller's own edits, newest first. Parameter: owner."""
    found = _shown().where(edits.c.owner_id == bindparam("owner"))
    if not first:
        found = found.where(beyond(edits.c.id))
    return found.order_by(edits.c.id.desc()).limit(limit)


@statement
def own_edit_locked() -> Executable:
    """The caller's own edit, held until the transaction ends. Parameters: edit, owner."""
    return (
        select(edits)
        .where(edits.c.id == bindparam("edit"), edits.c.owner_id == bindparam("owner"))
        .with_for_update(of=edits)
    )


@statement
def add_edit() -> Executable:
    """A new edit; returns its id."""
    given = ("owner_id", "history_id", "made_of", "media_id", "plan", "created_at")
    return insert(edits).values({name: bindparam(name) for name in given}).returning(edits.c.id)


@statement
def open_edits(limit: int) -> Executable:
    """How many open edits a person has; counted no further than `limit`."""
    some = (
        select(edits.c.id)
        .where(edits.c.owner_id == bindparam("owner"), edits.c.state == "open")
        .limit(limit)
        .subquery("some")
    )
    return select(func.count()).select_from(some)


@statement
def set_job() -> Executable:
    """Give an edit its job, and a new beginning."""
    fresh: dict[str, object] = {"state": "open", "reason": "", "message": "", "speed": 0, "eta_ms": 0}
    nothing: dict[str, object] = {"attempts": 0, "percent": 0}
    none: dict[str, object] = {"finished_at": None, "started_at": None}
    return (
        update(edits).where(edits.c.id == bindparam("edit")).values(job_id=bindparam("job"), **fresh, **nothing, **none)
    )


@statement
def delete_edit() -> Executable:
    """Drop an edit that has ended."""
    return edits.delete().where(edits.c.id == bindparam("edit")).returning(edits.c.id)


# -- for the worker, which asks for nobody ----------------------------------------------------------------------------


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
