"""Statements about reports."""

from typing import Any, Final

from sqlalchemy import BigInteger, Executable, Select, Text, bindparam, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc import auth
from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.moderation.status import ReportStatus
from cnt_grpc.moderation.tables import reports

_report = reports.c
_IS_OPEN: Final = _report.status == ReportStatus.OPEN.value
_CALLER_ID: Final = bindparam("caller_id", type_=BigInteger)


@statement
def add_report() -> Executable:
    """A new report; no row when the reporter has an open one of the same thing."""
    names = ("kind", "thing_id", "author_id", "reporter_id", "category", "details", "created_at")
    return (
        insert(reports)
        .values({name: bindparam(name) for name in names})
        .on_conflict_do_nothing(
            index_elements=[_report.kind, _report.thing_id, _report.reporter_id], index_where=_IS_OPEN
        )
        .returning(_report.id)
    )


@statement
def open_report() -> Executable:
    """The id of somebody's open report of a thing. Parameters: kind, thing_id, reporter_id."""
    return select(_report.id).where(
        _report.kind == bindparam("kind"),
        _report.thing_id == bindparam("thing_id"),
        _report.reporter_id == bindparam("reporter_id"),
        _IS_OPEN,
    )


@statement
def reports_page(status: ReportStatus, limit: int, *, kind: bool, author: bool, after: bool) -> Executable:
    """A page of reports of others' things: open ones the longest waiting first, others the last decided first.

    Parameters: caller_id, and if so kind and author_id.
    """
    waits = status is ReportStatus.OPEN
    found = _shown().where(_report.status == status.value, _report.author_id != _CALLER_ID)
    if author:
        found = found.where(_report.author_id == bindparam("author_id"))
    if kind and not (waits or author):
        # A range of one value, and not only `=`, for which Postgres may go through the decided reports of all kinds.
        value, last = bindparam("kind", type_=Text), (_report.resolved_at, _report.id)
        place = (bindparam(f"after_{at}", type_=column.type) for at, column in enumerate(last))
        upper = tuple_(_report.kind, *last) < tuple_(value, *place) if after else _report.kind <= value
        found = found.where(_report.kind >= value, upper)
        return found.order_by(_report.kind.desc(), *(column.desc() for column in last)).limit(limit)
    if kind:
        found = found.where(_report.kind == bindparam("kind"))
    sort = _report.created_at if waits else _report.resolved_at
    if after:
        found = found.where(beyond(sort, _report.id, ascending=waits))
    order = (sort, _report.id) if waits else (sort.desc(), _report.id.desc())
    return found.order_by(*order).limit(limit)


@statement
def report() -> Executable:
    """One report. Parameter: report_id."""
    return _shown().where(_report.id == bindparam("report_id"))


@statement
def report_to_decide() -> Executable:
    """One report, locked. Parameter: report_id."""
    return select(reports).where(_report.id == bindparam("report_id")).with_for_update()


def _shown() -> Select[Any]:
    people = auth.people
    others = reports.alias("others")
    same = select(func.count()).where(
        others.c.kind == _report.kind,
        others.c.thing_id == _report.thing_id,
        others.c.status == ReportStatus.OPEN.value,
    )
    return select(
        reports, people.c.name.label("reporter_name"), same.scalar_subquery().label("open_reports")
    ).select_from(reports.join(people, people.c.id == _report.reporter_id))


@statement
def resolve() -> Executable:
    """Decide on an open report. Parameters: report_id, decided, resolved_by, note, resolved_at."""
    return (
        update(reports)
        .where(_report.id == bindparam("report_id"), _IS_OPEN)
        .values(
            status=bindparam("decided", type_=Text),
            resolved_by=bindparam("resolved_by"),
            note=bindparam("note"),
            resolved_at=bindparam("resolved_at"),
        )
    )


@statement
def people_to_show() -> Executable:
    """People by ids, with what they are called."""
    people = auth.people
    return select(people.c.id, people.c.name, people.c.username).where(among(people.c.id, "ids"))


@statement
def reports_by() -> Executable:
    """All reports that somebody made, the oldest first. Parameter: user_id."""
    shown = (_report.kind, _report.thing_id, _report.category, _report.details, _report.status, _report.created_at)
    return select(_report.id, *shown).where(_report.reporter_id == bindparam("user_id")).order_by(_report.id)


@statement
def blank_reports_by() -> Executable:
    """Take their own words out of the reports that somebody made. Parameter: user_id."""
    return update(reports).where(_report.reporter_id == bindparam("user_id"), _report.details != "").values(details="")


@statement
def blank_decisions_of() -> Executable:
    """Take their own words out of what somebody decided. Parameter: user_id."""
    return update(reports).where(_report.resolved_by == bindparam("user_id"), _report.note != "").values(note="")


@statement
def drop_reports_about() -> Executable:
    """Drop what others said about a person as such. Parameters: kind, user_id."""
    return delete(reports).where(_report.kind == bindparam("kind"), _report.thing_id == bindparam("user_id"))
