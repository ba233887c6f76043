"""How the moderation room reaches posts and events, and what people report of the community."""

from collections.abc import Sequence
from typing import Final

from cnt_grpc.community.queries import comments as comment_queries
from cnt_grpc.community.rules import comments, event_standing, events, posts, standing
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Reviewed, Thing, begin


async def _post(tx: Tx, caller: Caller, post_id: int) -> Row:
    (row,) = (await posts.shown(tx, caller, post_id)).rows
    return row


POSTS: Final = Reviewed(standing=standing.STANDING, seen=_post, remove=posts.remove)
EVENTS: Final = Reviewed(standing=event_standing.STANDING, seen=events.shown, remove=events.remove)


class ReportedComments:
    """Comments, as moderation.Reportable asks for them."""

    name = comments.KIND

    async def author_of(self, tx: Tx, caller: Caller, thing_id: int) -> int | None:
        """Whose comment it is, if the caller may see it."""
        return await comments.author_of(tx, caller, thing_id)

    async def things(self, tx: Tx, thing_ids: Sequence[int]) -> Sequence[Thing]:
        """The comments with these ids."""
        return [
            Thing(self.name, row["id"], begin(row["content"]), row["author_id"], row["name"], row["username"])
            for row in await tx.all(comment_queries.comments_to_show(), ids=thing_ids)
        ]
