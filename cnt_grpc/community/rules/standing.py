"""Where a post stands between its author and the moderators, and what follows when it moves."""

from typing import Final

from cnt_grpc import moderation
from cnt_grpc.community.queries import changes
from cnt_grpc.community.rules import files, finding, watching
from cnt_grpc.community.tables import community_posts
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.moderation import Status


async def _follow(tx: Tx, post: Row, was: Status, now: Status) -> None:
    """Let everyone see the files of an approved post, and find it; or no longer."""
    watching.wake(tx, post["id"])
    if now is Status.APPROVED:
        await files.publish(tx, post["id"])
        await finding.put(tx, post["id"])
    elif was is Status.APPROVED:
        await files.withdraw(tx, post["id"])
        await finding.remove(tx, post["id"])


STANDING: Final = moderation.Standing(
    kind="community_post",
    things=moderation.Things(community_posts, community_posts.c.author_id),
    reviewed=frozenset({"title", "content", "files"}),
    set_status=changes.set_status,
    title=finding.title_of,
    unnamed="Your post",
    follow=_follow,
)
"""Of posts."""
KIND: Final = STANDING.kind
"""What moderators call posts."""
