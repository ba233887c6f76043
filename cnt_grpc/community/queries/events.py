"""Statements that read events, as people and as moderators see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Executable,
    Select,
    Text,
    bindparam,
    func,
    literal,
    null,
    or_,
    select,
)

from cnt_grpc import auth
from cnt_grpc.community.tables import event_attendees, events
from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.moderation import CALLER_ID, Gate, Status, visible_to

_event = events.c
_answer = event_attendees.c
_ID = bindparam("event_id", type_=BigInteger)
_NOW = bindparam("now", type_=_event.starts_at.type)
_people = auth.people

EARTH = 6371.0
"""Kilometres from its middle to its surface."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """By what a list is narrowed: the shape of its statement, whose values are parameters of the same names."""

    upcoming: bool = False
    """To what is not over at `now`; `since` is the earliest beginning of what may still last."""
    past: bool = False
    """To what is over at `now`."""
    category: bool = False
    near: bool = False
    """To what is within radius_km of latitude and longitude; `cells` are all that this circle touches."""

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """What an event of the list must fulfil."""
        if self.upcoming:
            yield _event.starts_at >= bindparam("since", type_=_event.starts_at.type)
            yield _event.ends_at >= _NOW
        if self.past:
            yield _event.starts_at < _NOW
            yield _event.ends_at < _NOW
        if self.category:
            yield _event.category == bindparam("category")
        if self.near:
            yield among(_event.cell, "cells")
            yield _distance() <= bindparam("radius_km", type_=Double)


def _distance() -> ColumnElement[float]:
    """Kilometres to the event, by the haversine formula."""
    latitude = bindparam("latitude", type_=Double)
    longitude = bindparam("longitude", type_=Double)
    part = func.power(func.sin(func.radians(_event.latitude - latitude) / 2), 2) + func.cos(
        func.radians(latitude)
    ) * func.cos(func.radians(_event.latitude)) * func.power(
        func.sin(func.radians(_event.longitude - longitude) / 2), 2
    )
    return literal(2 * EARTH, type_=Double) * func.asin(func.sqrt(func.least(literal(1.0, type_=Double), part)))


@statement
def events_page(gate: Gate, narrowed: Narrowed, limit: int, *, after: bool) -> Executable:
    """A page of approved events that the gate lets through: by their beginning, what is over latest first."""
    found = select(events).where(
        visible_to(gate, _event.status, _event.host_id, Status.APPROVED), *narrowed.conditions()
    )
    return _shown(_page(found, limit, after=after, descending=narrowed.past), gate, descending=narrowed.past)


@statement
def hosted_page(limit: int, *, after: bool) -> Executable:
    """A page of the caller's own events, those that begin last first."""
    found = select(events).where(_event.host_id == CALLER_ID)
    return _shown(_page(found, limit, after=after, descending=True), Gate.MEMBER, descending=True)


@statement
def attending_page(gate: Gate, limit: int, *, after: bool) -> Executable:
    """A page of the events to which the caller goes or may go, those that begin last first."""
    found = (
        select(events)
        .join(event_attendees, _answer.event_id == _event.id)
        .where(
            _answer.user_id == CALLER_ID,
            _answer.answer.in_(("going", "maybe")),
            _answer.status != "rejected",
            visible_to(gate, _event.status, _event.host_id),
        )
    )
    return _shown(_page(found, limit, after=after, descending=True), gate, descending=True)


@statement
def visible_event(gate: Gate) -> Executable:
    """One event, if the gate lets it through. Parameter: event_id."""
    found = select(events).where(_event.id == _ID, visible_to(gate, _event.status, _event.host_id)).limit(1)
    return _shown(found, gate, descending=False)


@statement
def event_to_answer(gate: Gate) -> Executable:
    """One event, if the gate lets it through, locked. Parameter: event_id."""
    seen = visible_to(gate, _event.status, _event.host_id)
    return select(events).where(_event.id == _ID, seen).with_for_update(key_share=True)


@statement
def own_event(*, anyones: bool, lock: bool) -> Executable:
    """One event, if it is the caller's or `anyones` says that the caller may change any. Parameter: event_id."""
    found = select(events).where(_event.id == _ID)
    if not anyones:
        found = found.where(_event.host_id == CALLER_ID)
    return found.with_for_update(key_share=True) if lock else found


@statement
def events_to_find(limit: int) -> Executable:
    """Approved events behind an id (parameter: after), held until the end."""
    approved = _event.status == Status.APPROVED.value
    behind = _event.id > bindparam("after", type_=BigInteger)
    return select(events).where(approved, behind).order_by(_event.id).limit(limit).with_for_update(read=True)


@statement
def events_to_remind(limit: int) -> Executable:
    """Approved events that begin between `now` and `until` and of which nobody was reminded, locked."""
    return (
        select(_event.id, _event.title, _event.starts_at)
        .where(
            _event.status == Status.APPROVED.value,
            _event.reminded_at.is_(None),
            _event.starts_at > _NOW,
            _event.starts_at <= bindparam("until", type_=_event.starts_at.type),
        )
        .order_by(_event.starts_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def _page(found: Select[Any], limit: int, *, after: bool, descending: bool) -> Select[Any]:
    if after:
        found = found.where(beyond(_event.starts_at, _event.id, ascending=not descending))
    order = (_event.starts_at.desc(), _event.id.desc()) if descending else (_event.starts_at, _event.id)
    return found.order_by(*order).limit(limit)


def _shown(found: Select[Any], gate: Gate, *, descending: bool) -> Executable:
    """The events found, each with its host and what the caller has answered."""
    page = found.subquery("page")
    names = (
        _people.c.name.label("host_name"),
        _people.c.username.label("host_username"),
        _people.c.avatar_key.label("host_avatar_key"),
    )
    source = page.join(_people, _people.c.id == page.c.host_id)
    mine: tuple[ColumnElement[Any], ...] = (null().cast(Text).label("my_answer"), null().cast(Text).label("my_status"))
    if gate is not Gate.PUBLIC:
        source = source.outerjoin(event_attendees, (_answer.event_id == page.c.id) & (_answer.user_id == CALLER_ID))
        mine = (_answer.answer.label("my_answer"), _answer.status.label("my_status"))
    order = (page.c.starts_at.desc(), page.c.id.desc()) if descending else (page.c.starts_at, page.c.id)
    return select(page, *names, *mine).select_from(source).order_by(*order)


@statement
def touched_events() -> Executable:
    """Every event of a person, and every one that they have answered, locked in the order of their ids."""
    person = bindparam("user_id", type_=BigInteger)
    answered = select(_answer.event_id).where(_answer.user_id == person)
    return (
        select(events)
        .where(or_(_event.host_id == person, _event.id.in_(answered)))
        .order_by(_event.id)
        .with_for_update(key_share=True)
    )
