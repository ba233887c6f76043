"""How the moderation room reaches posts, and what people report of the community."""

from collections.abc import Sequence

from cnt_grpc.community.queries import comments as comment_queries
from cnt_grpc.community.queries import posts as queries
from cnt_grpc.community.rules import comments, posts
from cnt_grpc.community.rules.finding import begin, title_of
from cnt_grpc.community.rules.standing import KIND, stand, tell_of_deletion
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import After, Decision, Filter, Status, Subject, Thing


class ModeratedPosts:
    """Posts, as moderation.Kind and moderation.Reportable ask for them."""

    name = KIND

    async def load(self, tx: Tx, subject_id: int) -> Subject | None:
        """The post, locked."""
        row = await tx.one(queries.post_to_decide(), post_id=subject_id)
        return _subject(row) if row else None

    async def show(self, tx: Tx, subject_ids: Sequence[int]) -> Sequence[Subject]:
        """The posts with these ids."""
        return [_subject(row) for row in await tx.all(queries.posts_to_show(), ids=subject_ids)]

    async def page(self, tx: Tx, wanted: Filter, after: After | None, limit: int) -> Sequence[Subject]:
        """A page of posts, newest first."""
        place = {"after_0": after[0], "after_1": after[1]} if after else {}
        author = {"author_id": wanted.author_id} if wanted.author_id else {}
        stmt = queries.posts_to_moderate(wanted.status, limit, author=bool(author), after=bool(after))
        return [_subject(row) for row in await tx.all(stmt, **author, **place)]

    async def apply(self, tx: Tx, subject: Subject, decision: Decision) -> None:
        """Move the post, publish its files when it is approved, and tell its author."""
        await stand(
            tx,
            subject.id,
            was=subject.status,
            now=decision.status,
            by_moderator=True,
            reason="" if decision.status is Status.APPROVED else decision.reason,
        )

    async def delete(self, tx: Tx, subject: Subject, reason: str) -> None:
        """Delete the post with all that hangs on it, and tell its author."""
        row = await tx.one(queries.post_to_decide(), post_id=subject.id)
        assert row is not None  # it is locked
        await posts.remove(tx, row)
        await tell_of_deletion(tx, row, reason)

    async def author_of(self, tx: Tx, caller: Caller, thing_id: int) -> int | None:
        """Whose post it is, if the caller may see it."""
        try:
            (row,) = (await posts.shown(tx, caller, thing_id)).rows
        except NotFound:
            return None
        return int(row["author_id"])

    async def things(self, tx: Tx, thing_ids: Sequence[int]) -> Sequence[Thing]:
        """The posts with these ids."""
        return [Thing.of(subject) for subject in await self.show(tx, thing_ids)]


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


def _subject(row: Row) -> Subject:
    return Subject(
        kind=KIND,
        id=row["id"],
        title=title_of(row),
        author_id=row["author_id"],
        author_name=row["author_name"],
        author_username=row["author_username"],
        status=Status(row["status"]),
        reason=row["rejection_reason"],
        created_at=row["created_at"],
        listed_at=row["published_at"],
    )
