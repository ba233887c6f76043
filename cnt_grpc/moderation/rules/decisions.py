"""What moderators may decide on a subject, and what follows from it; one at a time or many."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import AppError, Denied, Invalid, NotFound, Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import audit
from cnt_grpc.moderation.kinds import Decision, Kind, Kinds, Subject
from cnt_grpc.moderation.status import Status
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason
from cnt_grpc.pb.cnt.moderation.v1.reason import Reason

_ACTIONS: Final = {Status.APPROVED: "approve", Status.REJECTED: "reject", Status.ARCHIVED: "archive"}
_FROM: Final = {
    Status.APPROVED: {Status.PENDING, Status.REJECTED, Status.ARCHIVED},
    Status.REJECTED: {Status.PENDING, Status.APPROVED},
    Status.ARCHIVED: {Status.PENDING, Status.APPROVED, Status.REJECTED},
}
"""Where a subject must stand for a decision to be possible."""

_OF_ONE: Final = (Denied, Invalid, NotFound, Precondition)
"""What is wrong with one decision alone. It is raised before anything is written, so that the others can be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a moderator wants done with one subject."""

    kind_name: str
    subject_id: int
    status: Status | None
    """Where it shall stand; None deletes it."""
    reason: str


async def decide(
    tx: Tx, kinds: Kinds, caller: Caller, *, kind_name: str, subject_id: int, status: Status, reason: str
) -> Subject:
    """Approve, reject or archive a subject. Returns it as it stands then."""
    kind, subject = await _load(tx, kinds, caller, kind_name, subject_id)
    if subject.status not in _FROM[status]:
        raise Precondition(Reason.STATUS_UNSUITABLE, f"it is {subject.status}", status=subject.status)
    act = audit.Act(
        actor_id=caller.user_id,
        action=_ACTIONS[status],
        target_kind=kind.name,
        target_id=subject_id,
        before={"status": subject.status},
        after={"status": status},
        reason=reason,
    )
    audit.record(tx, act)
    await kind.apply(tx, subject, Decision(status, reason, caller.user_id))
    return replace(subject, status=status, reason="" if status is Status.APPROVED else reason)


async def delete(tx: Tx, kinds: Kinds, caller: Caller, *, kind_name: str, subject_id: int, reason: str) -> Subject:
    """Delete a subject for good; for administrators. Returns it as it stood last."""
    kind, subject = await _load(tx, kinds, caller, kind_name, subject_id)
    act = audit.Act(
        actor_id=caller.user_id,
        action="delete",
        target_kind=kind.name,
        target_id=subject_id,
        before={"status": subject.status, "author_id": subject.author_id},
        after={},
        reason=reason,
    )
    audit.record(tx, act)
    await kind.delete(tx, subject, reason)
    return subject


async def decide_in_bulk(tx: Tx, kinds: Kinds, caller: Caller, wanted: Sequence[Wanted]) -> list[Subject | AppError]:
    """For each of these the subject as it stands then, or why nothing was done with it."""
    outcomes: dict[int, Subject | AppError] = {}
    # Each subject stays locked until the end: whoever takes several, takes them by kind and id, so that of two who
    # decide on the same nobody waits in a circle.
    for number in sorted(range(len(wanted)), key=lambda number: (wanted[number].kind_name, wanted[number].subject_id)):
        try:
            outcomes[number] = await _one_of_many(tx, kinds, caller, wanted[number])
        except _OF_ONE as refusal:
            outcomes[number] = refusal
    return [outcomes[number] for number in range(len(wanted))]


async def _one_of_many(tx: Tx, kinds: Kinds, caller: Caller, wanted: Wanted) -> Subject:
    name, subject_id, reason = wanted.kind_name, wanted.subject_id, wanted.reason
    if wanted.status is None:
        if not caller.is_admin:
            raise Denied(CommonReason.ROLE_MISSING, "deleting is for administrators")
        return await delete(tx, kinds, caller, kind_name=name, subject_id=subject_id, reason=reason)
    if wanted.status is Status.REJECTED and not reason:
        raise Invalid.of("reason", "must be given to reject", "string.min_len")
    return await decide(tx, kinds, caller, kind_name=name, subject_id=subject_id, status=wanted.status, reason=reason)


async def _load(tx: Tx, kinds: Kinds, caller: Caller, kind_name: str, subject_id: int) -> tuple[Kind, Subject]:
    """The subject, locked, if it is there and not the caller's own."""
    kind = kinds.get(kind_name)
    subject = await kind.load(tx, subject_id)
    if subject is None:
        raise NotFound(Reason.SUBJECT_NOT_FOUND)
    if subject.author_id == caller.user_id:
        raise Denied(Reason.OWN_CASE, "nobody decides on what they made themselves")
    return kind, subject
