"""What the carousel shows of a post."""

from dataclasses import dataclass

from cnt_grpc.community import quotes
from cnt_grpc.community.queries import quotes as queries
from cnt_grpc.community.rules import posts
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Status


@dataclass(frozen=True, slots=True)
class CarouselImage:
    """A landscape picture of a post; without a key there is none yet."""

    key: str | None
    width: int
    """Pixels."""
    height: int
    visibility: str


async def carousel_image(tx: Tx, caller: Caller, post_id: int) -> CarouselImage:
    """What was drawn of the words of a post that the caller may see, or its first picture. Raises NotFound."""
    found = await posts.shown(tx, caller, post_id)
    [post] = found.rows
    visibility = "public" if post["status"] == Status.APPROVED else "private"
    if post["post_type"] != "text":
        first = found.files[post_id][0]
        return CarouselImage(post["image_key"], first["width"] or 0, first["height"] or 0, visibility)
    drawn = await tx.one(queries.quote_of(), post_id=post_id)
    if drawn is None:
        return CarouselImage(None, 0, 0, visibility)
    return CarouselImage(drawn["lying_key"], *quotes.LYING, visibility)
