"""What moderators have before them: what waits, and everything."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cnt_grpc import notification
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.paging import Page
from cnt_grpc.moderation.kinds import After, Filter, Kinds, Subject
from cnt_grpc.moderation.queries import cases as queries
from cnt_grpc.moderation.status import Status

_LARGEST_ID: Final = 2**63 - 1


async def moved(tx: Tx, kind: str, subject_id: int, *, author_id: int, was: Status | None, now: Status | None) -> None:
    """Hear where a subject came to stand; every room says so in the transaction that moves one.

    What becomes pending waits for moderators from then on; what stops being pending no longer does. None as `was` is a
    new subject, None as `now` a deleted one. What people were told of one that is hidden now is taken back.
    """
    about = notification.thing(kind, subject_id)
    if now is None or was is Status.APPROVED:
        await notification.take_back(tx, about, author_id=None if now is None else author_id)
    elif now is Status.APPROVED and was is not None:
        await notification.show_again(tx, about)
    if now is Status.PENDING:
        case = {"kind": kind, "subject_id": subject_id, "author_id": author_id}
        await tx.run(queries.open_case(), **case, opened_at=clock.now())
    elif was is Status.PENDING:
        outcome = now or "withdrawn"
        await tx.run(queries.close_case(), kind=kind, subject_id=subject_id, at=clock.now(), outcome=outcome)


async def pending_by_kind(tx: Tx) -> dict[str, int]:
    """How many things wait for a decision, by kind; exactly, since the index of what waits is short."""
    return {row["kind"]: row["number"] for row in await tx.all(queries.number_of_open_cases())}


@dataclass(frozen=True, slots=True)
class Pending:
    """A subject that waits for a decision."""

    subject: Subject
    since: datetime


async def pending(tx: Tx, kinds: Kinds, author_id: int, page: Page) -> tuple[list[Pending], str]:
    """A page of what waits, of one person or (for 0) of all, the longest waiting first.

    One statement finds it, and one for each kind among it says what it is.
    """
    of_one = {"author_id": author_id} if author_id else {}
    stmt = queries.open_cases(page.limit, of_one=bool(author_id), after=not page.is_first)
    rows = await tx.all(stmt, **of_one, **page.params)
    cases, next_page_token = page.cut(rows, key=lambda case: (case["opened_at"], case["id"]))
    ids: defaultdict[str, list[int]] = defaultdict(list)
    for case in cases:
        ids[case["kind"]].append(case["subject_id"])
    found = {
        (name, subject.id): subject
        for name, subject_ids in ids.items()
        for subject in await kinds.get(name).show(tx, subject_ids)
    }
    # A subject deleted since the cases were read is left out; its case is closed.
    places = (((case["kind"], case["subject_id"]), case["opened_at"]) for case in cases)
    return [Pending(found[key], since) for key, since in places if key in found], next_page_token


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list of everything: newest first, and of one moment by kind, then by falling id."""

    listed_at: datetime
    kind: str
    id: int

    @classmethod
    def of(cls, page: Page) -> "Place | None":
        """Where a page begins; None: at the top."""
        match page.after:
            case (datetime() as listed_at, str() as kind, int() as subject_id):
                return cls(listed_at, kind, subject_id)
        return None

    def within(self, kind: str) -> After:
        """Where the list of one kind goes on. Ids of two kinds may be equal, and so may moments."""
        if kind == self.kind:
            return self.listed_at, self.id
        return self.listed_at, _LARGEST_ID if kind > self.kind else 0


async def everything(tx: Tx, kinds: Kinds, kind_name: str, wanted: Filter, page: Page) -> tuple[list[Subject], str]:
    """A page of the subjects of one kind or (for "") of all, newest first; one statement for each kind."""
    after = Place.of(page)
    found = [
        subject
        for kind in ([kinds.get(kind_name)] if kind_name else kinds.all())
        for subject in await kind.page(tx, wanted, after.within(kind.name) if after else None, page.limit)
    ]
    found.sort(key=lambda subject: (subject.kind, -subject.id))
    found.sort(key=lambda subject: subject.listed_at, reverse=True)  # keeps the order above within one moment
    return page.cut(found, key=lambda subject: (subject.listed_at, subject.kind, subject.id))
