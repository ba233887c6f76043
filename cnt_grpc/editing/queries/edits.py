"""Statements on edits: asking for one, showing how far it is, and its end."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Executable, Select, and_, bindparam, case, func, insert, select, update

from cnt_grpc import media
from cnt_grpc.editing.queries.runs import KIND
from cnt_grpc.editing.tables import edit_versions, edits
from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.paging import beyond

_TYPICAL: Final = 20
"""Edits that made an average of how long one takes."""

_job = jobs.standing
_made = media.objects.alias("made")

_waiting = (
    select(_job.c.id, func.row_number().over(order_by=(_job.c.priority.desc(), _job.c.id)).label("position"))
    .where(_job.c.kind == KIND, _job.c.state == "queued")
    .cte("waiting")
    .prefix_with("MATERIALIZED")
)
"""Jobs that wait, in the order in which they are taken; put together only where a row asks for it, and then once."""

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
    place = select(_waiting.c.position).where(_waiting.c.id == _job.c.id).correlate(_job).scalar_subquery()
    waits = _job.c.state == "queued"
    return (
        select(
            edits,
            _state().label("shown_state"),
            func.greatest(edits.c.percent, func.coalesce(_job.c.progress, 0)).label("progress"),
            _job.c.stage,
            _job.c.error.label("job_error"),
            func.greatest(edits.c.attempts, func.coalesce(_job.c.attempts, 0)).label("tries"),
            case((waits, func.coalesce(place, 0)), else_=0).label("position"),
            case((waits, func.coalesce(typical, 0.0)), else_=0.0).label("typical_seconds"),
            *(_made.c[name].label(f"made_{name}") for name in _MADE),
        )
        .outerjoin(_job, and_(_job.c.id == edits.c.job_id, edits.c.state == "open"))
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
