"""How the moderation room reaches posts."""

from collections.abc import Sequence

from cnt_grpc.community.queries import posts as queries
from cnt_grpc.community.rules.finding import title_of
from cnt_grpc.community.rules.standing import KIND, stand
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.moderation import After, Decision, Filter, Status, Subject


class ModeratedPosts:
    """Posts, as moderation.Kind asks for them."""

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
