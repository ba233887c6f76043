"""What the community room knows of a person: shown to them, and dropped when they go."""

from collections.abc import AsyncIterator

from cnt_grpc.auth import Holder, Record
from cnt_grpc.community import event_privacy, support_privacy
from cnt_grpc.community.queries import privacy as queries
from cnt_grpc.community.rules import posts, watching
from cnt_grpc.kit.db import Tx


async def export_person(tx: Tx, user_id: int) -> AsyncIterator[tuple[str, Record]]:
    """Posts, comments, what the person likes, and events."""
    for kind in queries.KINDS:
        for row in await tx.all(queries.rows(kind), user_id=user_id):
            yield kind, dict(row)
    async for kind, record in event_privacy.export_person(tx, user_id):
        yield kind, record
    async for kind, record in support_privacy.export_person(tx, user_id):
        yield kind, record


async def erase_person(tx: Tx, user_id: int) -> None:
    """Drop all of it: a post without who wrote it says nothing to anybody, and what others said to it goes with it."""
    await event_privacy.erase_person(tx, user_id)
    await support_privacy.erase_person(tx, user_id)
    touched = await tx.all(queries.touched_posts(), user_id=user_id)
    for post in touched:
        if post["author_id"] == user_id:
            await posts.remove(tx, post)
    await tx.all(queries.touched_comments(), user_id=user_id)
    await tx.run(queries.forget_notices(), user_id=user_id)
    await tx.run(queries.drop_comment_likes(), user_id=user_id)
    for drop in (queries.drop_likes(), queries.drop_comments()):
        for row in await tx.all(drop, user_id=user_id):
            watching.wake(tx, row["id"])


HOLDER = Holder("community", export_person, erase_person)
"""Everything that the community room holds about one person: to be read, and to be dropped."""
