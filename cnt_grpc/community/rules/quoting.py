"""The quote images of posts: drawn by the worker when the words are new, as visible as the post, and gone with it."""

from typing import Final

from cnt_grpc import media
from cnt_grpc.community import quote_jobs
from cnt_grpc.community.queries import posts as post_queries
from cnt_grpc.community.queries import quotes as queries
from cnt_grpc.community.quotes import Words
from cnt_grpc.community.rules import finding, watching
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.moderation import Status

_ROOM: Final = "community"


async def renew(tx: Tx, post_id: int, post_type: str) -> None:
    """Let go of what was drawn of a post whose words or files are new, and have it drawn anew if it shows words."""
    await tx.run(queries.delete_quote(), post_id=post_id)
    await release(tx, post_id)
    if post_type == "text":
        await quote_jobs.draw_quote(tx, post_id)


async def release(tx: Tx, post_id: int) -> None:
    """Let go of what was drawn of a post that goes."""
    await media.release(tx, _ROOM, _ref(post_id))


async def publish(tx: Tx, post_id: int) -> None:
    """Show what was drawn of an approved post to everyone."""
    for media_id in await _pictures(tx, post_id):
        await media.publish(tx, media_id, _ROOM, _ref(post_id))


async def withdraw(tx: Tx, post_id: int) -> None:
    """Show what was drawn of a post that is no longer approved to nobody any more."""
    for media_id in await _pictures(tx, post_id):
        await media.withdraw(tx, media_id, _ROOM, _ref(post_id))


async def words(tx: Tx, post_id: int) -> Words | None:
    """What is to be drawn of a post; None when nothing is, or it is drawn."""
    post = await tx.one(queries.words_of(), post_id=post_id)
    if post is None or post["post_type"] != "text" or post["is_drawn"]:
        return None
    return _words(post)


async def keep(tx: Tx, workshop: media.Workshop, drawn: Words, upright: media.Made, lying: media.Made) -> bool:
    """Give a post what was drawn of it, unless its words are others by now; whether it took it."""
    post = await tx.one(post_queries.own_post(anyones=True), post_id=drawn.post_id)
    if post is None or await words(tx, drawn.post_id) != drawn:
        return False
    ids = {name: await workshop.keep(tx, made) for name, made in (("upright_id", upright), ("lying_id", lying))}
    await tx.run(queries.insert_quote(), post_id=drawn.post_id, words=drawn.digest, lying_key=lying.key, **ids)
    await tx.run(queries.set_image(), post_id=drawn.post_id, image_key=upright.key)
    watching.wake(tx, drawn.post_id)
    for media_id in sorted(ids.values()):
        await media.use(tx, media_id, _ROOM, _ref(drawn.post_id))
    if post["status"] == Status.APPROVED:
        await publish(tx, drawn.post_id)
        await finding.put(tx, drawn.post_id)
    return True


async def _pictures(tx: Tx, post_id: int) -> list[int]:
    drawn = await tx.one(queries.quote_of(), post_id=post_id)
    return sorted((drawn["upright_id"], drawn["lying_id"])) if drawn else []


def _words(post: Row) -> Words:
    return Words(post["id"], post["title"], post["content"], post["category"])


def _ref(post_id: int) -> str:
    return f"quote:{post_id}"
