"""Reports: who asks moderators to look at something, and what these decide."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Contention, Denied, Invalid, NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import audit
from cnt_grpc.moderation.queries import reports as queries
from cnt_grpc.moderation.reportable import Reportables, Thing
from cnt_grpc.moderation.status import ReportCategory, ReportStatus
from cnt_grpc.pb.cnt.moderation.v1.reason import Reason

_TARGET: Final = "report"
"""What the audit calls reports."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A report, and the reported thing as it is now; None when it is gone."""

    row: Row
    thing: Thing | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reports a list shows."""

    status: ReportStatus
    kind_name: str = ""
    """Empty for things of all kinds."""
    author_id: int = 0
    """0 for everyone's things."""


async def report(
    tx: Tx,
    kinds: Reportables,
    caller: Caller,
    *,
    kind_name: str,
    thing_id: int,
    category: ReportCategory,
    details: str,
) -> int:
    """Ask moderators to look at something that the caller sees; the report's id. While one is open, it is the same."""
    author_id = await kinds.get(kind_name).author_of(tx, caller, thing_id)
    if author_id is None:
        raise NotFound(Reason.SUBJECT_NOT_FOUND)
    if author_id == caller.user_id:
        raise Invalid.of("content_id", "is your own", "content_id.own")
    which = {"kind": kind_name, "thing_id": thing_id, "reporter_id": caller.user_id}
    what = {"author_id": author_id, "category": category, "details": details, "created_at": clock.now()}
    made: int | None = await tx.value(queries.add_report(), **which, **what)
    if made is None:
        made = await tx.value(queries.open_report(), **which)
    if made is None:
        # Somebody decided on the first one between the two statements: the call runs again.
        raise Contention
    return made


async def listed(tx: Tx, kinds: Reportables, caller: Caller, wanted: Wanted, page: Page) -> tuple[list[Reported], str]:
    """A page of reports, but for those of the caller's own things; what they are about takes one statement a kind."""
    given = {"kind": wanted.kind_name, "author_id": wanted.author_id}
    narrowed = {name: value for name, value in given.items() if value}
    stmt = queries.reports_page(
        wanted.status, page.limit, kind="kind" in narrowed, author="author_id" in narrowed, after=not page.is_first
    )
    found = await tx.all(stmt, caller_id=caller.user_id, **narrowed, **page.params)
    sort = "created_at" if wanted.status is ReportStatus.OPEN else "resolved_at"
    rows, next_page_token = page.cut(found, key=lambda row: (row[sort], row["id"]))
    return await _with_things(tx, kinds, rows), next_page_token


async def resolve(
    tx: Tx, kinds: Reportables, caller: Caller, report_id: int, *, decided: ReportStatus, note: str
) -> Reported:
    """Decide on a report. Returns it as it stands then."""
    row = await tx.one(queries.report_to_decide(), report_id=report_id)
    if row is None:
        raise NotFound(Reason.REPORT_NOT_FOUND)
    if caller.user_id in (row["author_id"], row["reporter_id"]):
        raise Denied(Reason.OWN_CASE, "nobody decides on a report of what is theirs, or on one that they made")
    if row["status"] != ReportStatus.OPEN:
        raise Precondition(Reason.REPORT_RESOLVED, f"it was {row['status']}", status=row["status"])
    about = {"content_type": row["kind"], "content_id": row["thing_id"], "category": row["category"]}
    act = audit.Act(
        actor_id=caller.user_id,
        action="resolve",
        target_kind=_TARGET,
        target_id=report_id,
        before={**about, "status": row["status"]},
        after={**about, "status": decided},
        reason=note,
    )
    audit.record(tx, act)
    decision = {"decided": decided, "resolved_by": caller.user_id, "note": note, "resolved_at": clock.now()}
    await tx.run(queries.resolve(), report_id=report_id, **decision)
    shown = await tx.one(queries.report(), report_id=report_id)
    assert shown is not None  # it is locked
    (reported,) = await _with_things(tx, kinds, [shown])
    return reported


async def _with_things(tx: Tx, kinds: Reportables, rows: list[Row]) -> list[Reported]:
    ids: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        ids[row["kind"]].append(row["thing_id"])
    things = await kinds.things(tx, ids)
    return [Reported(row, things.get((row["kind"], row["thing_id"]))) for row in rows]
