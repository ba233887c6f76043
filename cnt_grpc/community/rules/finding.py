"""How posts are found: what everyone sees is in the search, from the commit that shows it to the one that hides it."""

from collections.abc import Sequence

from cnt_grpc import search
from cnt_grpc.community.queries import posts as queries
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.moderation import begin


async def put(tx: Tx, post_id: int) -> None:
    """Let everyone find a post that everyone sees, as it is now."""
    post = await tx.one(queries.post_to_find(), post_id=post_id)
    assert post is not None  # whoever calls holds its lock
    await search.put(tx, _document(post))


async def remove(tx: Tx, post_id: int) -> None:
    """Let nobody find a post any more."""
    await search.remove(tx, search.Kind.POST, post_id)


class FoundPosts:
    """All posts that everyone sees, as search.Source asks for them."""

    kind = search.Kind.POST

    async def documents(self, tx: Tx, after: int, limit: int) -> Sequence[search.Document]:
        """Those behind this id, by rising id, at most `limit`."""
        return [_document(row) for row in await tx.all(queries.posts_to_find(limit), after=after)]


def title_of(post: Row) -> str:
    """What a post is called where it needs a name: its title, or how it begins."""
    return begin(post["title"] or post["content"])


def _document(post: Row) -> search.Document:
    return search.Document(
        kind=search.Kind.POST,
        ref=post["id"],
        title=title_of(post),
        text=post["content"],
        owner_id=post["author_id"],
        picture_key=post["image_key"],
        at=post["published_at"],
    )
