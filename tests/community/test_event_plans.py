"""How Postgres answers the lists of many events and questions: by an index, and never by reading all of them."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest

from cnt_grpc.community import places
from cnt_grpc.community.queries import attendees, events, support
from cnt_grpc.community.queries.events import Narrowed
from cnt_grpc.community.rules.event_standing import STANDING
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Statement
from cnt_grpc.moderation import Gate, Status
from cnt_grpc.moderation.queries.things import things_page
from tests.harness.database import Cluster

ROWS = 20_000
"""Enough for Postgres to leave a table unread where it can."""

_FILL = (
    """
    INSERT INTO users (name, username, username_skeleton, email, created_at, updated_at)
    SELECT 'Person ' || n, 'person' || n, 'person' || n, 'person' || n || '@example.com', now(), now()
    FROM generate_series(1, 300) n
    """,
    f"""
    INSERT INTO events (host_id, title, description, category, starts_at, ends_at, location, latitude, longitude, cell,
        max_attendees, requires_approval, status, created_at, edited_at, published_at, approved_at)
    SELECT (SELECT min(id) FROM users) + n % 300, 'Title ' || n, 'About ' || n,
        (ARRAY['worship', 'prayer', 'youth'])[n % 3 + 1], at, at + interval '2 hours', 'Hall',
        n % 160 - 80 + 0.5, n % 359 - 179 + 0.5, (n % 160 + 10) * 360 + n % 359 + 1, 0, false,
        CASE WHEN n % 50 = 0 THEN 'pending' ELSE 'approved' END, now(), now(), at, now()
    FROM generate_series(1, {ROWS}) n, LATERAL (SELECT now() + (n - {ROWS} / 2) * interval '1 hour' AS at) moment
    """,  # noqa: S608 # a number of ours
    """
    INSERT INTO event_attendees (event_id, user_id, answer, status, answered_at)
    SELECT id, host_id, 'going', 'approved', created_at FROM events
    """,
    f"""
    INSERT INTO support_messages (author_id, subject, message, status, unread_by_team, created_at, updated_at)
    SELECT (SELECT min(id) FROM users) + n % 300, 'x', 'y', CASE WHEN n % 100 = 0 THEN 'open' ELSE 'closed' END,
        CASE WHEN n % 100 = 0 THEN 1 ELSE 0 END, now() - n * interval '1 minute', now()
    FROM generate_series(1, {ROWS}) n
    """,  # noqa: S608 # a number of ours
    """
    INSERT INTO support_replies (ticket_id, author_id, is_from_team, message, created_at)
    SELECT id, author_id, false, 'z', created_at FROM support_messages
    """,
    "ANALYZE",
)


@pytest.fixture(scope="module")
async def large(cluster: Cluster) -> AsyncIterator[Database]:
    """A database with many events and questions."""
    db = await Database.open(await cluster.clone())
    async with db.transaction() as tx:
        for sql in _FILL:
            await tx.raw(sql)
    yield db
    await db.close()


def page(gate: Gate = Gate.PUBLIC, **narrowed: bool) -> Statement:
    """A page in the middle of a list."""
    return events.events_page(gate, Narrowed(**narrowed), 21, after=True)


PLANS: Mapping[str, Statement] = {
    "all": page(),
    "upcoming": page(upcoming=True),
    "upcoming, first page": events.events_page(Gate.PUBLIC, Narrowed(upcoming=True), 21, after=False),
    "past": page(past=True),
    "category": page(category=True, upcoming=True),
    "near": page(near=True),
    "near and upcoming": page(near=True, upcoming=True),
    "as a person": page(Gate.MEMBER, upcoming=True),
    "hosted": events.hosted_page(21, after=True),
    "attending": events.attending_page(Gate.MEMBER, 21, after=True),
    "one": events.visible_event(Gate.MEMBER),
    "to answer": events.event_to_answer(Gate.MEMBER),
    "that wait": things_page(STANDING.things, Status.PENDING, 21, author=False, after=True),
    "all, for moderators": things_page(STANDING.things, None, 21, author=False, after=True),
    "to remind": events.events_to_remind(50),
    "attendees": attendees.attendees_page(21, status=False, after=True),
    "own questions": support.tickets_page(21, own=True, status=False, after=True),
    "open questions": support.tickets_page(21, own=False, status=True, after=True),
    "all questions": support.tickets_page(21, own=False, status=False, after=True),
    "thread": support.replies_page(21, after=True),
    "unread answers": support.unread_of(),
    "unread": support.unread(),
}

FEW = {"near", "near and upcoming", "attending", "own questions", "hosted", "thread", "attendees"}
"""Lists so short that it does not matter whether they are read in order."""


@pytest.mark.parametrize("name", PLANS)
async def test_it_reads_by_an_index(large: Database, name: str) -> None:
    stmt = PLANS[name]
    now = clock.now()
    values: dict[str, object] = {
        "after_0": now,
        "after_1": 1000,
        "now": now,
        "since": now - timedelta(days=31),
        "until": now + timedelta(days=1),
        "category": "youth",
        "latitude": 9.0,
        "longitude": 38.7,
        "radius_km": 50.0,
        "cells": places.cells(9.0, 38.7, 50.0),
        "caller_id": 7,
        "event_id": 12,
        "ticket_id": 12,
        "status": "open",
    }
    asked = {key: values[key] for key in stmt._names if key in values}
    async with large.transaction() as tx:
        rows = await tx.raw(f"EXPLAIN {stmt.sql}", *stmt.arguments(asked))
    plan = "\n".join(row[0] for row in rows)
    for table in ("events", "event_attendees", "support_messages", "support_replies"):
        assert f"Seq Scan on {table} " not in plan, plan
    # The few rows of a page may be put in order again once they are joined; what the page is cut from may not.
    assert "Sort Key" not in plan.partition("Limit")[2] or name in FEW, plan
