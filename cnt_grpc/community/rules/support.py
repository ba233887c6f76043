"""What may be done with questions to the team. Who asked acts for themselves, any other moderator for the team."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cnt_grpc import moderation, notification
from cnt_grpc.community.queries import support as queries
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.community.v1.reason import Reason

OPEN: Final = "open"
IN_PROGRESS: Final = "in_progress"
RESOLVED: Final = "resolved"
CLOSED: Final = "closed"


@dataclass(frozen=True, slots=True)
class Stats:
    """How much there is to do."""

    by_status: Mapping[str, int]
    unread_by_team: int
    unread_by_authors: int


def for_team(caller: Caller, ticket: Row) -> bool:
    """Whether the caller acts for the team: on what others asked."""
    return bool(ticket["author_id"] != caller.user_id)


async def create(tx: Tx, caller: Caller, subject: str, message: str) -> Row:
    """Ask the team something."""
    ticket_id: int = await tx.value(
        queries.insert_ticket(),
        author_id=caller.user_id,
        subject=subject,
        message=message,
        status=OPEN,
        created_at=clock.now(),
    )
    return await seen(tx, caller, ticket_id)


async def seen(tx: Tx, caller: Caller, ticket_id: int, *, lock: bool = False) -> Row:
    """A question of the caller's own, or for moderators anyone's. Raises NotFound."""
    mine = {} if caller.is_moderator else {"caller_id": caller.user_id}
    row = await tx.one(queries.seen_ticket(anyones=caller.is_moderator, lock=lock), ticket_id=ticket_id, **mine)
    if row is None:
        raise NotFound(Reason.TICKET_NOT_FOUND)
    return row


async def thread(tx: Tx, caller: Caller, ticket_id: int, page: Page) -> tuple[Row, Sequence[Row], str]:
    """A question with a page of its thread. Raises NotFound."""
    ticket = await seen(tx, caller, ticket_id)
    rows = await tx.all(queries.replies_page(page.limit, after=not page.is_first), ticket_id=ticket_id, **page.params)
    replies, next_page_token = page.cut(rows, key=lambda row: (row["created_at"], row["id"]))
    return ticket, replies, next_page_token


async def own(tx: Tx, caller: Caller, page: Page) -> tuple[Sequence[Row], str, int]:
    """A page of the caller's questions, and how many answers to any of them they have not read."""
    stmt = queries.tickets_page(page.limit, own=True, status=False, after=not page.is_first)
    rows, token = page.cut(await tx.all(stmt, caller_id=caller.user_id, **page.params), key=_place)
    return rows, token, await tx.value(queries.unread_of(), caller_id=caller.user_id)


async def listed(tx: Tx, status: str | None, page: Page) -> tuple[Sequence[Row], str]:
    """A page of everybody's questions."""
    asked = {"status": status} if status else {}
    stmt = queries.tickets_page(page.limit, own=False, status=bool(asked), after=not page.is_first)
    return page.cut(await tx.all(stmt, **asked, **page.params), key=_place)


async def stats(tx: Tx) -> Stats:
    """How many questions stand where, and what is unread."""
    by_status = {row["status"]: row["number"] for row in await tx.all(queries.counts())}
    row = await tx.one(queries.unread())
    assert row is not None  # sums are one row
    return Stats(by_status, row["team"], row["authors"])


async def reply(tx: Tx, caller: Caller, ticket_id: int, message: str) -> tuple[Row, Row]:
    """Say something to a question: what was said, and the question as it is then. Raises NotFound, Precondition."""
    ticket = await seen(tx, caller, ticket_id, lock=True)
    from_team = for_team(caller, ticket)
    if ticket["status"] == CLOSED:
        raise Precondition(Reason.TICKET_CLOSED)
    now = clock.now()
    said = await tx.one(
        queries.insert_reply(),
        ticket_id=ticket_id,
        author_id=caller.user_id,
        is_from_team=from_team,
        message=message,
        created_at=now,
    )
    assert said is not None  # an insert gives its row
    moves = {OPEN: IN_PROGRESS} if from_team else {RESOLVED: OPEN}
    status = moves.get(ticket["status"], ticket["status"])
    answer = {"text": message} if from_team else {}
    await tx.run(queries.count_reply(from_team=from_team), ticket_id=ticket_id, status=status, at=now, **answer)
    if from_team:
        notice = notification.SupportAnswer(ticket_id=ticket_id, subject=ticket["subject"])
        await notification.tell(tx, [ticket["author_id"]], notice)
    return said, await seen(tx, caller, ticket_id)


async def mark_read(tx: Tx, caller: Caller, ticket_id: int) -> Row:
    """Note that the caller's side has read everything. Raises NotFound."""
    ticket = await seen(tx, caller, ticket_id, lock=True)
    await tx.run(queries.set_read(by_team=for_team(caller, ticket)), ticket_id=ticket_id)
    return await seen(tx, caller, ticket_id)


async def set_status(tx: Tx, caller: Caller, ticket_id: int, status: str) -> Row:
    """Say where a question stands. Raises NotFound, Precondition."""
    ticket = await seen(tx, caller, ticket_id, lock=True)
    team = for_team(caller, ticket)
    if not team and ticket["status"] != status:
        if ticket["status"] == CLOSED:
            raise Precondition(Reason.TICKET_CLOSED)
        if status == IN_PROGRESS:
            raise Precondition(Reason.TICKET_STATUS_OF_TEAM)
    if ticket["status"] != status:
        await tx.run(queries.set_status(), ticket_id=ticket_id, status=status)
        if team:
            act = moderation.Act(
                actor_id=caller.user_id,
                action="status",
                target_kind="support_message",
                target_id=ticket_id,
                before={"status": ticket["status"]},
                after={"status": status},
            )
            moderation.record(tx, act)
    return await seen(tx, caller, ticket_id)


def _place(row: Row) -> tuple[datetime, int]:
    return row["created_at"], row["id"]
