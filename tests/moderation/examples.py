"""A valid call of every method of the moderation room, for the laws that run over all methods."""

from cnt_grpc.pb.cnt.moderation.v1.moderation_service import SERVICE
from tests.content import makers
from tests.content.given import MOMENT
from tests.harness.examples import Example, Fields, Pages
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
}
