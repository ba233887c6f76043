"""Support: a question's whole life, from both sides."""

import asyncio
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.community.privacy import HOLDER
from cnt_grpc.pb.cnt.community.v1 import support_service_pb2 as pb
from tests.community.support_examples import made
from tests.harness.api import Api
from tests.harness.world import Person, World

MISSING = StatusCode.NOT_FOUND, "TICKET_NOT_FOUND"
CLOSED = StatusCode.FAILED_PRECONDITION, "TICKET_CLOSED"


async def sides(world: World, api: Api) -> tuple[Person, Any, Any]:
    """Somebody who asks, and the support service as they and as a moderator see it."""
    ann = await world.user()
    return ann, api.as_(ann).support, api.as_(await world.user(roles={"moderator"})).support


async def test_a_question_is_asked_answered_resolved_and_asked_on(world: World, api: Api) -> None:
    ann, mine, team = await sides(world, api)
    ticket = (await mine.CreateTicket(subject="No sound", message="I hear nothing.")).ticket
    assert (ticket.subject, ticket.message, ticket.status) == ("No sound", "I hear nothing.", pb.TICKET_STATUS_OPEN)
    assert (ticket.user_id, ticket.user_name, ticket.unread_count) == (ann.id, ann.name, 0)
    which = {"ticket_id": ticket.ticket_id}
    assert (await team.GetTicket(**which)).ticket.unread_count == 1

    answered = await team.ReplyToTicket(**which, message="Is it loud enough?")
    assert (answered.reply.is_from_team, answered.ticket.unread_count) == (True, 0)
    [in_thread] = (await team.GetTicket(**which)).replies
    assert answered.reply == in_thread, "an answer is shown to its moderator as the thread shows it, with their name"
    assert in_thread.user_name
    seen = (await mine.GetTicket(**which)).ticket
    assert (seen.status, seen.unread_count) == (pb.TICKET_STATUS_IN_PROGRESS, 1)
    assert (seen.admin_response, seen.replies_count) == ("Is it loud enough?", 1)
    page = await mine.ListMyTickets()
    assert (page.unread_count, [each.unread_count for each in page.tickets]) == (1, [1])
    [notice] = (await api.as_(ann).notification.ListNotifications()).notifications
    assert dict(notice.data) == {"ticket_id": str(ticket.ticket_id), "subject": "No sound"}
    assert (await mine.MarkTicketRead(**which)).ticket.unread_count == 0
    assert (await mine.ListMyTickets()).unread_count == 0

    resolved = await team.SetTicketStatus(**which, status=pb.TICKET_STATUS_RESOLVED)
    assert resolved.ticket.status == pb.TICKET_STATUS_RESOLVED
    again = await mine.ReplyToTicket(**which, message="It is.")
    assert (again.reply.is_from_team, again.ticket.status) == (False, pb.TICKET_STATUS_OPEN)
    assert (again.reply.user_id, again.reply.user_name) == (ann.id, ann.name)
    assert (await team.GetTicket(**which)).ticket.unread_count == 1
    assert (await team.MarkTicketRead(**which)).ticket.unread_count == 0

    await mine.SetTicketStatus(**which, status=pb.TICKET_STATUS_IN_PROGRESS).fails(
        StatusCode.FAILED_PRECONDITION, "TICKET_STATUS_OF_TEAM"
    )
    await mine.SetTicketStatus(**which, status=pb.TICKET_STATUS_CLOSED)
    await mine.ReplyToTicket(**which, message="x").fails(*CLOSED)
    await team.ReplyToTicket(**which, message="x").fails(*CLOSED)
    await mine.SetTicketStatus(**which, status=pb.TICKET_STATUS_OPEN).fails(*CLOSED)
    await team.SetTicketStatus(**which, status=pb.TICKET_STATUS_OPEN)
    await team.ReplyToTicket(**which, message="Sorry.")
    thread = (await mine.GetTicket(**which)).replies
    assert [each.message for each in thread] == ["Is it loud enough?", "It is.", "Sorry."]
    # Who speaks for the team is the team's business.
    assert [each.user_id for each in thread] == [0, ann.id, 0]
    assert all(each.user_name for each in (await team.GetTicket(**which)).replies)


async def test_nobody_else_learns_of_it(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    ticket_id = await made(world, ann)
    theirs = api.as_(bob).support
    calls: dict[str, dict[str, Any]] = {
        "GetTicket": {},
        "ReplyToTicket": {"message": "x"},
        "MarkTicketRead": {},
        "SetTicketStatus": {"status": pb.TICKET_STATUS_CLOSED},
    }
    for method, fields in calls.items():
        call = getattr(theirs, method)
        hidden = await call(ticket_id=ticket_id, **fields).fails(*MISSING)
        assert hidden.wire == (await call(ticket_id=2**62, **fields).fails(*MISSING)).wire
    assert list((await theirs.ListMyTickets()).tickets) == []


async def test_a_moderator_who_asks_acts_for_themselves(world: World, api: Api) -> None:
    mod = await world.user(roles={"moderator"})
    other = await world.user(roles={"moderator"})
    ticket_id = (await api.as_(mod).support.CreateTicket(subject="x", message="y")).ticket.ticket_id
    said = await api.as_(mod).support.ReplyToTicket(ticket_id=ticket_id, message="z")
    assert (said.reply.is_from_team, said.ticket.status) == (False, pb.TICKET_STATUS_OPEN)
    answer = await api.as_(other).support.ReplyToTicket(ticket_id=ticket_id, message="a")
    assert answer.reply.is_from_team
    assert (await api.as_(mod).support.GetTicket(ticket_id=ticket_id)).ticket.unread_count == 1


async def test_the_team_sees_what_there_is_to_do(world: World, api: Api) -> None:
    _, mine, team = await sides(world, api)

    async def stats() -> dict[str, int]:
        found = await team.GetSupportStats()
        return {field.name: getattr(found, field.name) for field in found.DESCRIPTOR.fields}

    before = await stats()
    ids = [(await mine.CreateTicket(subject=f"{n}", message="x")).ticket.ticket_id for n in range(3)]
    await team.ReplyToTicket(ticket_id=ids[0], message="y")
    await team.SetTicketStatus(ticket_id=ids[1], status=pb.TICKET_STATUS_CLOSED)
    after = await stats()
    changed = {name: after[name] - before[name] for name in after}
    assert changed == {
        "open": 1,
        "in_progress": 1,
        "resolved": 0,
        "closed": 1,
        "unread_by_team": 2,
        "unread_by_users": 1,
    }
    listed = await team.ListTickets(status=pb.TICKET_STATUS_IN_PROGRESS, page_size=100)
    assert ids[0] in [each.ticket_id for each in listed.tickets]
    assert all(each.status == pb.TICKET_STATUS_IN_PROGRESS for each in listed.tickets)
    async with world.db.transaction() as tx:
        sql = "SELECT after FROM audit_log WHERE target_kind = 'support_message' AND target_id = $1"
        assert len(await tx.raw(sql, ids[1])) == 1


@pytest.mark.parametrize("number", [20])
async def test_counts_are_right_when_many_speak_at_once(world: World, api: Api, number: int) -> None:
    _, mine, team = await sides(world, api)
    ticket_id = (await mine.CreateTicket(subject="x", message="y")).ticket.ticket_id
    await team.MarkTicketRead(ticket_id=ticket_id)
    await asyncio.gather(*(mine.ReplyToTicket(ticket_id=ticket_id, message=f"{n}") for n in range(number)))
    ticket = (await team.GetTicket(ticket_id=ticket_id)).ticket
    assert (ticket.unread_count, ticket.replies_count) == (number, number)


async def test_a_person_is_exported_and_goes_with_their_questions(world: World, api: Api) -> None:
    ann, mine, team = await sides(world, api)
    mod = await world.user(roles={"moderator"})
    ticket_id = (await mine.CreateTicket(subject="x", message="My words")).ticket.ticket_id
    await mine.ReplyToTicket(ticket_id=ticket_id, message="More words")
    await api.as_(mod).support.ReplyToTicket(ticket_id=ticket_id, message="An answer")
    async with world.db.transaction() as tx:
        found = [(kind, record["message"]) async for kind, record in HOLDER.export(tx, ann.id)]
    assert found == [
        ("support_messages", "My words"),
        ("support_replies", "More words"),
        ("support_replies", "An answer"),
    ]
    for _ in range(2):
        async with world.db.transaction() as tx:
            await HOLDER.erase(tx, mod.id)
    answer = (await team.GetTicket(ticket_id=ticket_id)).replies[1]
    assert (answer.message, answer.user_id, answer.user_name) == ("An answer", 0, "")
    async with world.db.transaction() as tx:
        await HOLDER.erase(tx, ann.id)
    await team.GetTicket(ticket_id=ticket_id).fails(*MISSING)
    async with world.db.transaction() as tx:
        assert [each async for each in HOLDER.export(tx, ann.id)] == []
