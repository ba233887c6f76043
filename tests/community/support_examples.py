"""A valid call of every method of SupportService, for the laws that run over all methods."""

from datetime import UTC, datetime
from typing import Any

from cnt_grpc.community.queries import support as queries
from cnt_grpc.pb.cnt.community.v1 import support_service_pb2 as pb2
from cnt_grpc.pb.cnt.community.v1.support_service import SERVICE
from tests.harness.examples import Example, Fields, Foreign, Given, Pages
from tests.harness.world import Person, World

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
"""When everything of a list was said that shall sort alike."""


async def made(world: World, who: Person) -> int:
    """The id of a question of this person."""
    async with world.db.transaction() as tx:
        ticket_id: int = await tx.value(
            queries.insert_ticket(),
            author_id=who.id,
            subject="No sound",
            message="I hear nothing.",
            status="open",
            created_at=MOMENT,
        )
    return ticket_id


def own(**fields: Any) -> Given:
    """A question of this person, and these fields."""

    async def given(world: World, who: Person) -> Fields:
        return {"ticket_id": await made(world, who), **fields}

    return given


async def new_ticket(world: World, who: Person) -> Fields:
    """A question."""
    return {"subject": "No sound", "message": "I hear nothing."}


async def several(world: World, who: Person, number: int) -> Fields:
    """Questions of one moment."""
    for _ in range(number):
        await made(world, who)
    return {}


_THREADS: dict[int, int] = {}


async def long_thread(world: World, who: Person, number: int) -> Fields:
    """Messages of one moment to one question."""
    ticket_id = _THREADS.get(who.id) or await made(world, who)
    _THREADS[who.id] = ticket_id
    for _ in range(number):
        async with world.db.transaction() as tx:
            said = {"author_id": who.id, "is_from_team": False, "message": "Still nothing."}
            await tx.one(queries.insert_reply(), ticket_id=ticket_id, created_at=MOMENT, **said)
    return {"ticket_id": ticket_id}


async def ticket(world: World, who: Person) -> Any:
    """Somebody's question."""
    return await made(world, who)


OTHERS = Foreign("ticket_id", ticket, "TICKET_NOT_FOUND")

METHODS = {
    "CreateTicket": Example(given=new_ticket),
    "ListMyTickets": Example(pages=Pages(several, "tickets", key="ticket_id")),
    "GetTicket": Example(given=own(), foreign=OTHERS, pages=Pages(long_thread, "replies", key="reply_id")),
    "ListTickets": Example(role="moderator", pages=Pages(several, "tickets", key="ticket_id")),
    "GetSupportStats": Example(role="moderator"),
    "ReplyToTicket": Example(given=own(message="Still nothing."), foreign=OTHERS),
    "MarkTicketRead": Example(given=own(), foreign=OTHERS),
    "SetTicketStatus": Example(given=own(status=pb2.TICKET_STATUS_RESOLVED), foreign=OTHERS),
}

EXAMPLES = {f"{SERVICE}/{name}": example for name, example in METHODS.items()}
