"""What may be done with comments, and what follows from it: say, show, change, delete."""

from typing import Final

from cnt_grpc import moderation
from cnt_grpc.community.queries import comments as queries
from cnt_grpc.community.queries import likes as like_queries
from cnt_grpc.community.queries import posts as post_queries
from cnt_grpc.community.rules import telling, watching
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Invalid, NotFound
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Gate
from cnt_grpc.pb.cnt.community.v1.reason import Reason

KIND: Final = "comment"
"""What reports and the audit call comments."""


async def listed(tx: Tx, caller: Caller, post_id: int, page: Page) -> tuple[list[Row], str]:
    """A page of what people say to a post, oldest first, and the token of the next page. Raises NotFound."""
    gate = Gate.of(caller)
    if await tx.one(post_queries.is_visible(gate), post_id=post_id, **gate.parameters(caller)) is None:
        raise NotFound(Reason.POST_NOT_FOUND)
    stmt = queries.comments_page(gate, page.limit, after=not page.is_first)
    found = await tx.all(stmt, post_id=post_id, **gate.of_viewer(caller), **page.params)
    return page.cut(found, key=lambda row: (row["created_at"], row["id"]))


async def create(tx: Tx, caller: Caller, post_id: int, content: str, parent_id: int) -> tuple[Row, int]:
    """Say something to a post, or to what was said to it; the comment, and how many there are now. Raises NotFound."""
    _check(content)
    gate = Gate.of(caller)
    who = gate.parameters(caller)
    post = await tx.one(post_queries.post_to_touch(gate), post_id=post_id, **who)
    if post is None:
        raise NotFound(Reason.POST_NOT_FOUND)
    parent_author_id = 0
    if parent_id:
        parent_author_id = await tx.value(queries.parent(gate), post_id=post_id, parent_id=parent_id, **who) or 0
        if not parent_author_id:
            raise NotFound(Reason.COMMENT_NOT_FOUND)
    comment_id: int = await tx.value(
        queries.add_comment(),
        post_id=post_id,
        author_id=caller.user_id,
        parent_id=parent_id or None,
        content=content,
        created_at=clock.now(),
    )
    watching.wake(tx, post_id)
    comment = await _shown(tx, caller, comment_id)
    await telling.commented(tx, comment, author_id=post["author_id"], parent_author_id=parent_author_id)
    return comment, post["comments_count"] + 1


async def author_of(tx: Tx, caller: Caller, comment_id: int) -> int | None:
    """Whose comment it is, if the caller may see it."""
    gate = Gate.of(caller)
    found: int | None = await tx.value(
        queries.author_of_visible(gate), comment_id=comment_id, **gate.parameters(caller)
    )
    return found


async def update(tx: Tx, caller: Caller, comment_id: int, content: str) -> Row:
    """Change the words of a comment of one's own, or as an administrator of anyone's. Raises NotFound."""
    _check(content)
    _, old = await _own(tx, caller, comment_id)
    if content != old["content"]:
        post_id = old["post_id"]
        await tx.run(
            queries.update_comment(), post_id=post_id, comment_id=comment_id, content=content, edited_at=clock.now()
        )
        watching.wake(tx, post_id)
        _write_down(tx, caller, "update", old)
    return await _shown(tx, caller, comment_id)


async def delete(tx: Tx, caller: Caller, comment_id: int) -> int:
    """Delete a comment of one's own, or as an administrator anyone's; how many are left. Raises NotFound."""
    _, old = await _own(tx, caller, comment_id)
    left: int = await remove(tx, old)
    _write_down(tx, caller, "delete", old)
    return left


async def remove(tx: Tx, comment: Row) -> int:
    """Drop a comment whose post is locked; how many the post has left."""
    thing = {"post_id": comment["post_id"], "comment_id": comment["id"]}
    left: int = await tx.value(queries.delete_comment(), **thing)
    await tx.run(like_queries.forget_notices(), **thing)
    await telling.take_back(tx, **thing)
    watching.wake(tx, comment["post_id"])
    return left


async def _own(tx: Tx, caller: Caller, comment_id: int) -> tuple[Row, Row]:
    """The post, locked, and the comment, behind the door to what the caller may change."""
    mine = {} if caller.is_admin else {"caller_id": caller.user_id}
    # The post first: whoever counts or numbers something of it holds its lock, and takes no other one before it.
    post = await tx.one(queries.post_of_own(anyones=caller.is_admin), comment_id=comment_id, **mine)
    comment = await tx.one(queries.own_comment(), comment_id=comment_id) if post else None
    if post is None or comment is None:
        raise NotFound(Reason.COMMENT_NOT_FOUND)
    return post, comment


async def _shown(tx: Tx, caller: Caller, comment_id: int) -> Row:
    row = await tx.one(queries.shown_comment(), comment_id=comment_id, caller_id=caller.user_id)
    assert row is not None  # its post is locked, so that nobody dropped it
    return row


def _check(content: str) -> None:
    if not content.strip():
        raise Invalid.of("content", "is blank", "content.blank")


def _write_down(tx: Tx, caller: Caller, action: str, old: Row) -> None:
    """Audit what an administrator does to the comment of another."""
    if old["author_id"] == caller.user_id:
        return
    said = moderation.without_words({"content": old["content"]})
    before = {"post_id": old["post_id"], "author_id": old["author_id"], **said}
    act = moderation.Act(
        actor_id=caller.user_id, action=action, target_kind=KIND, target_id=old["id"], before=before, after={}
    )
    moderation.record(tx, act)
