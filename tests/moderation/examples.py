"""A valid call of every method of the moderation room, for the laws that run over all methods."""

from cnt_grpc.moderation import Act, record
from cnt_grpc.pb.cnt.moderation.v1.moderation_service import SERVICE
from cnt_grpc.pb.cnt.moderation.v1.moderation_service_pb2 import BULK_ACTION_APPROVE
from cnt_grpc.pb.cnt.moderation.v1.report_pb2 import REPORT_CATEGORY_SPAM, REPORT_STATUS_UPHELD
from cnt_grpc.pb.cnt.moderation.v1.report_service import SERVICE as REPORTS
from tests.content import makers
from tests.content.given import MOMENT
from tests.harness.examples import Example, Fields, Foreign, Pages
from tests.harness.world import Person, World


async def pending_podcast(world: World, who: Person) -> Fields:
    """Somebody's podcast that waits for a moderator."""
    author = await world.user()
    async with world.db.transaction() as tx:
        row = await makers.podcast(tx, by=author.id, status="pending")
    return {"content_type": "podcast", "content_id": row["id"], "reason": "Because."}


async def many_pending(world: World, who: Person, number: int) -> Fields:
    """Podcasts that wait since one moment."""
    async with world.db.transaction() as tx:
        for _ in range(number):
            await makers.podcast(tx, by=who.id, status="pending")
        await tx.raw("UPDATE moderation_cases SET opened_at = $1 WHERE author_id = $2", MOMENT, who.id)
    return {"creator_id": who.id}


async def many_podcasts(world: World, who: Person, number: int) -> Fields:
    """Podcasts of one moment."""
    async with world.db.transaction() as tx:
        for _ in range(number):
            await makers.podcast(tx, by=who.id, status="rejected", at=MOMENT)
    return {"creator_id": who.id}


async def two_decisions(world: World, who: Person) -> Fields:
    """Two podcasts that wait for a moderator."""
    pending = [await pending_podcast(world, who) for _ in range(2)]
    return {"decisions": [{**each, "action": BULK_ACTION_APPROVE} for each in pending]}


async def many_acts(world: World, who: Person, number: int) -> Fields:
    """Acts of this person."""
    async with world.db.transaction() as tx:
        for each in range(number):
            record(tx, Act(who.id, "try", "podcast", each + 1, {}, {}))
    return {"actor": who.id}


async def hidden_podcast(world: World, who: Person) -> int:
    """Somebody's podcast that only they and moderators see."""
    return int((await pending_podcast(world, who))["content_id"])


async def shown_podcast(world: World, who: Person) -> Fields:
    """Somebody's podcast that everyone sees, and what is wrong with it."""
    author = await world.user()
    async with world.db.transaction() as tx:
        row = await makers.podcast(tx, by=author.id)
    return {"content_type": "podcast", "content_id": row["id"], "category": REPORT_CATEGORY_SPAM, "details": "Again."}


async def reported(world: World, number: int, author: Person) -> list[int]:
    """The ids of so many reports of one moment, each of another podcast of this author."""
    reporter = await world.user()
    sql = """
        INSERT INTO reports (kind, thing_id, author_id, reporter_id, category, details, created_at)
        VALUES ('podcast', $1, $2, $3, 'spam', '', $4) RETURNING id
    """
    async with world.db.transaction() as tx:
        rows = [await makers.podcast(tx, by=author.id) for _ in range(number)]
        return [(await tx.raw(sql, row["id"], author.id, reporter.id, MOMENT))[0]["id"] for row in rows]


async def open_report(world: World, who: Person) -> Fields:
    """A report that waits for a moderator, and what is decided."""
    (report_id,) = await reported(world, 1, await world.user())
    return {"report_id": report_id, "status": REPORT_STATUS_UPHELD, "note": "So it is."}


AUTHORS: dict[int, Person] = {}
"""Whose things the reports of a walked list are about."""


async def many_reports(world: World, who: Person, number: int) -> Fields:
    """Reports of one moment, of the things of one author."""
    author = AUTHORS.get(who.id) or AUTHORS.setdefault(who.id, await world.user())
    await reported(world, number, author)
    return {"author_id": author.id}


CREATOR = {"creator_id": "narrows what moderators see anyway"}
CONTENT = {"content_id": "moderators see everything"}

EXAMPLES = {
    f"{SERVICE}/ListPending": Example(
        role="moderator", pages=Pages(many_pending, "pending", key="content_id"), open_ids=CREATOR
    ),
    f"{SERVICE}/ListContent": Example(
        role="moderator", pages=Pages(many_podcasts, "content", key="content_id"), open_ids=CREATOR
    ),
    f"{SERVICE}/ApproveContent": Example(given=pending_podcast, role="moderator", open_ids=CONTENT),
    f"{SERVICE}/RejectContent": Example(given=pending_podcast, role="moderator", open_ids=CONTENT),
    f"{SERVICE}/ArchiveContent": Example(given=pending_podcast, role="moderator", open_ids=CONTENT),
    f"{SERVICE}/DeleteContent": Example(given=pending_podcast, role="admin", open_ids=CONTENT),
    f"{SERVICE}/DecideInBulk": Example(given=two_decisions, role="moderator", open_ids=CONTENT),
    f"{SERVICE}/ListAudit": Example(role="admin", pages=Pages(many_acts, "entries", key="entry_id")),
    f"{REPORTS}/CreateReport": Example(
        given=shown_podcast, foreign=Foreign("content_id", hidden_podcast, "SUBJECT_NOT_FOUND")
    ),
    f"{REPORTS}/ListReports": Example(
        role="moderator",
        pages=Pages(many_reports, "reports", key="report_id"),
        open_ids={"author_id": "narrows what moderators see anyway"},
    ),
    f"{REPORTS}/ResolveReport": Example(
        given=open_report, role="moderator", open_ids={"report_id": "moderators see every report"}
    ),
}
