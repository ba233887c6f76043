"""Who comes to events. A seat is taken and freed under the event's lock, so that no event has too many guests."""

from collections.abc import Sequence
from typing import Any, Final

from cnt_grpc import notification
from cnt_grpc.community.queries import attendees as queries
from cnt_grpc.community.queries import events as event_queries
from cnt_grpc.community.rules import events
from cnt_grpc.community.rules.event_standing import KIND
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Gate, Status
from cnt_grpc.pb.cnt.community.v1.reason import Reason

GOING: Final = "going"
_NOT_GOING: Final = "not_going"
_WORDS: Final = {"going": "coming", "maybe": "maybe coming", "not_going": "not coming"}


async def join(tx: Tx, caller: Caller, event_id: int, answer: str) -> Row:
    """Answer to an event; the event as it is then. Raises NotFound, Precondition."""
    event = await _locked(tx, caller, event_id)
    if event["status"] != Status.APPROVED:
        raise Precondition(Reason.EVENT_NOT_APPROVED)
    if event["ends_at"] <= clock.now():
        raise Precondition(Reason.EVENT_OVER)
    mine = await tx.one(queries.attendee(), event_id=event_id, user_id=caller.user_id)
    if mine is not None and mine["status"] == "rejected":
        raise Precondition(Reason.ATTENDANCE_REJECTED)
    status = _status(event, caller, mine, answer)
    is_new = await _write(tx, event_id, caller.user_id, mine, answer=answer, status=status)
    if is_new and answer != _NOT_GOING and event["host_id"] != caller.user_id:
        words = "wants to come" if status == "pending" else _WORDS[answer]
        await _tell(tx, event, of=caller.user_id, to=event["host_id"], answer=words)
    return await events.shown(tx, caller, event_id)


async def leave(tx: Tx, caller: Caller, event_id: int) -> Row:
    """Take an answer back; the event as it is then. Raises NotFound."""
    await _locked(tx, caller, event_id)
    mine = await tx.one(queries.attendee(), event_id=event_id, user_id=caller.user_id)
    if mine is not None:
        # Whoever was refused stays refused, and the host is not told twice of whoever comes back.
        status = "rejected" if mine["status"] == "rejected" else "approved"
        await _write(tx, event_id, caller.user_id, mine, answer=_NOT_GOING, status=status)
    return await events.shown(tx, caller, event_id)


async def listed(tx: Tx, caller: Caller, event_id: int, status: str | None, page: Page) -> tuple[Sequence[Row], str]:
    """A page of those who come or may come, for the host. Raises NotFound."""
    await events.own(tx, caller, event_id, lock=False)
    asked = {"status": status} if status else {}
    stmt = queries.attendees_page(page.limit, status=bool(asked), after=not page.is_first)
    rows = await tx.all(stmt, event_id=event_id, caller_id=caller.user_id, **asked, **page.params)
    return page.cut(rows, key=lambda row: (row["answered_at"], row["user_id"]))


async def decide(tx: Tx, caller: Caller, event_id: int, user_id: int, status: str) -> Row:
    """Let someone come, or refuse them; the attendee as they are then. Raises NotFound, Precondition."""
    event = await events.own(tx, caller, event_id)
    theirs = await tx.one(queries.attendee_to_decide(), event_id=event_id, user_id=user_id, caller_id=caller.user_id)
    if theirs is None or (theirs["answer"] == _NOT_GOING and theirs["status"] != "rejected"):
        raise NotFound(Reason.ATTENDEE_NOT_FOUND)
    if theirs["status"] != status:
        await _write(tx, event_id, user_id, theirs, answer=theirs["answer"], status=status)
        words = "accepted" if status == "approved" else "declined"
        if user_id != event["host_id"] and event["status"] == Status.APPROVED:
            await _tell(tx, event, of=event["host_id"], to=user_id, answer=words)
    row = await tx.one(queries.attendee(), event_id=event_id, user_id=user_id)
    assert row is not None  # under the event's lock
    return row


async def _locked(tx: Tx, caller: Caller, event_id: int) -> Row:
    gate = Gate.of(caller)
    event = await tx.one(event_queries.event_to_answer(gate), event_id=event_id, **gate.parameters(caller))
    if event is None:
        raise NotFound(Reason.EVENT_NOT_FOUND)
    return event


def _status(event: Row, caller: Caller, mine: Row | None, answer: str) -> str:
    if not event["requires_approval"] or answer == _NOT_GOING or event["host_id"] == caller.user_id:
        return "approved"
    was_approved = mine is not None and mine["status"] == "approved" and mine["answer"] != _NOT_GOING
    return "approved" if was_approved else "pending"


async def _write(tx: Tx, event_id: int, user_id: int, old: Row | None, *, answer: str, status: str) -> bool:
    """Write an answer and count the seats; whether there was none before. Raises Precondition when none is free."""
    had, has = _sits(old), answer == GOING and status == "approved"
    if has and not had and await tx.value(queries.take_seat(), event_id=event_id) is None:
        raise Precondition(Reason.EVENT_FULL)
    if had and not has:
        await tx.run(queries.free_seat(), event_id=event_id)
    values: dict[str, Any] = {"answer": answer, "status": status, "answered_at": clock.now()}
    await tx.run(queries.put_attendee(), event_id=event_id, user_id=user_id, **values)
    return old is None


def _sits(row: Row | None) -> bool:
    return row is not None and row["answer"] == GOING and row["status"] == "approved"


async def _tell(tx: Tx, event: Row, *, of: int, to: int, answer: str) -> None:
    """Tell someone what another has answered; nobody of whom they shall not meet."""
    person = await tx.one(queries.person_to_meet(), user_id=of, other_id=to)
    if person is not None:
        notice = notification.EventAnswer(
            user_id=of, name=person["name"], event_id=event["id"], event_title=event["title"], answer=answer
        )
        await notification.tell(tx, [to], notice, about=notification.thing(KIND, event["id"]))
