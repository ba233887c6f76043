"""Statements on who comes to events."""

from typing import Any

from sqlalchemy import BigInteger, Executable, Select, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc import auth
from cnt_grpc.community.tables import event_attendees, events
from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.moderation import CALLER_ID

_event = events.c
_attendee = event_attendees.c
_ID = bindparam("event_id", type_=BigInteger)
_USER = bindparam("user_id", type_=BigInteger)
_people = auth.people


def _with_names() -> Select[Any]:
    return select(event_attendees, _people.c.name, _people.c.username, _people.c.avatar_key).select_from(
        event_attendees.join(_people, _people.c.id == _attendee.user_id)
    )


@statement
def attendee() -> Executable:
    """What someone has answered, with who they are. Parameters: event_id, user_id."""
    return _with_names().where(_attendee.event_id == _ID, _attendee.user_id == _USER)


@statement
def attendee_to_decide() -> Executable:
    """The same, without whoever is in a block with the caller. Parameters: event_id, user_id, caller_id."""
    met = auth.not_blocked(CALLER_ID, _attendee.user_id)
    return _with_names().where(_attendee.event_id == _ID, _attendee.user_id == _USER, met)


@statement
def attendees_page(limit: int, *, status: bool, after: bool) -> Executable:
    """A page of those who come or may come, the earliest first; without those in a block with the caller.

    Parameters: event_id, caller_id, and status if it is asked for.
    """
    found = _with_names().where(
        _attendee.event_id == _ID,
        _attendee.answer != "not_going",
        auth.not_blocked(CALLER_ID, _attendee.user_id),
    )
    if status:
        found = found.where(_attendee.status == bindparam("status"))
    if after:
        found = found.where(beyond(_attendee.answered_at, _attendee.user_id, ascending=True))
    return found.order_by(_attendee.answered_at, _attendee.user_id).limit(limit)


@statement
def put_attendee() -> Executable:
    """Write an answer. Parameters: event_id, user_id, answer, status, answered_at, which only the first one sets."""
    new = upsert(event_attendees).values({name: bindparam(name) for name in _attendee.keys()})  # noqa: SIM118
    return new.on_conflict_do_update(
        index_elements=["event_id", "user_id"], set_={"answer": new.excluded.answer, "status": new.excluded.status}
    )


@statement
def take_seat() -> Executable:
    """Count one more who comes; no row when all seats are taken. Parameter: event_id."""
    free = or_(_event.max_attendees == 0, _event.attendees_count < _event.max_attendees)
    count = {"attendees_count": _event.attendees_count + 1}
    return update(events).where(_event.id == _ID, free).values(count).returning(_event.id)


@statement
def free_seat() -> Executable:
    """Count one less. Parameter: event_id."""
    return update(events).where(_event.id == _ID).values(attendees_count=_event.attendees_count - 1)


@statement
def person() -> Executable:
    """Who somebody is. Parameter: user_id."""
    return select(_people).where(_people.c.id == _USER)


@statement
def person_to_meet() -> Executable:
    """Who somebody is, unless in a block with another. Parameters: user_id, other_id."""
    other = bindparam("other_id", type_=BigInteger)
    return select(_people).where(_people.c.id == _USER, auth.not_blocked(other, _people.c.id))


@statement
def coming() -> Executable:
    """Who comes or may come to these events, each event once, with its people in `user_ids`. Parameter: ids.

    Whoever is in a block with the host by now does not see the event, and is missing.
    """
    return (
        select(_attendee.event_id, func.array_agg(_attendee.user_id).label("user_ids"))
        .join(events, _event.id == _attendee.event_id)
        .where(
            among(_attendee.event_id, "ids"),
            _attendee.answer != "not_going",
            _attendee.status != "rejected",
            auth.not_blocked(_event.host_id, _attendee.user_id),
        )
        .group_by(_attendee.event_id)
    )


@statement
def answers_of() -> Executable:
    """Every answer of a person. Parameter: user_id."""
    return select(event_attendees).where(_attendee.user_id == _USER).order_by(_attendee.event_id)


@statement
def events_of() -> Executable:
    """Every event of a person. Parameter: user_id."""
    return select(events).where(_event.host_id == _USER).order_by(_event.id)


@statement
def drop_answers() -> Executable:
    """A person comes to nothing any more, and their seats are free. Parameter: user_id."""
    gone = delete(event_attendees).where(_attendee.user_id == _USER).returning(event_attendees).cte("gone")
    seats = select(gone.c.event_id).where(gone.c.answer == "going", gone.c.status == "approved")
    return update(events).where(_event.id.in_(seats)).values(attendees_count=_event.attendees_count - 1).add_cte(gone)
