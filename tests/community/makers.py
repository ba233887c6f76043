"""Makes posts and comments straight in the tables, as the rules would leave them: a millisecond each."""

from datetime import datetime
from typing import Any

from sqlalchemy import Executable, bindparam, update

from cnt_grpc import media, moderation
from cnt_grpc.community.queries import changes, comments
from cnt_grpc.community.queries import posts as queries
from cnt_grpc.community.rules.standing import KIND
from cnt_grpc.community.tables import community_posts
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx, statement
from cnt_grpc.moderation import Gate, Status
from tests.media import makers as media_makers


async def post(
    tx: Tx,
    *,
    by: int,
    status: str = "approved",
    title: str = "Thanks",
    content: str = "He answered.",
    category: str = "general",
    pictures: int = 0,
    carousel: bool = False,
    at: datetime | None = None,
) -> Row:
    """A post of this person; written and (if it is) approved `at` that time, by default now.

    What the rules note elsewhere is noted too: its files are in use and as visible as it is, and a moderation case is
    open while it is pending.
    """
    at = at or clock.now()
    approved = status == Status.APPROVED
    files = [await media_makers.image(tx, by) for _ in range(pictures)]
    post_id: int = await tx.value(
        changes.insert_post(),
        title=title,
        content=content,
        category=category,
        post_type="image" if files else "text",
        image_key=files[0]["key"] if files else None,
        author_id=by,
        status=status,
        created_at=at,
        approved_at=at if approved else None,
    )
    for position, file in enumerate(files):
        await tx.run(changes.insert_file(), post_id=post_id, position=position, media_id=file["id"])
        await media.use(tx, file["id"], "community", f"post:{post_id}")
        if approved:
            await media.publish(tx, file["id"], "community", f"post:{post_id}")
    if carousel:
        await tx.run(_set_carousel(), post_id=post_id)
    await moderation.moved(tx, KIND, post_id, author_id=by, was=None, now=Status(status))
    row = await tx.one(queries.visible_post(Gate.ALL), post_id=post_id, caller_id=by)
    assert row is not None
    return row


async def made(world: Any, by: Any, **given: Any) -> Any:
    """The id of a post of this person."""
    async with world.db.transaction() as tx:
        return (await post(tx, by=by.id, **given))["id"]


async def comment(
    tx: Tx, *, by: int, post_id: int, content: str = "Amen.", parent_id: int | None = None, at: datetime | None = None
) -> int:
    """A comment of this person; its id."""
    made: int = await tx.value(
        comments.add_comment(),
        post_id=post_id,
        author_id=by,
        parent_id=parent_id,
        content=content,
        created_at=at or clock.now(),
    )
    return made


async def commented(world: Any, by: Any, post_id: int, **given: Any) -> int:
    """The id of a comment of this person."""
    async with world.db.transaction() as tx:
        return await comment(tx, by=by.id, post_id=post_id, **given)


@statement
def _set_carousel() -> Executable:
    return update(community_posts).where(community_posts.c.id == bindparam("post_id")).values(show_in_carousel=True)
