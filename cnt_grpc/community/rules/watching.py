"""What happens to posts, for those who watch them: waking them, and what each of them may be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self

from cnt_grpc.community.queries import watching as queries
from cnt_grpc.kit import events
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Gate, Status

TOPIC: Final = "post"
"""Of wake-ups: the key is the post that changed."""


class Row(Protocol):
    """A row, by the names of its columns."""

    def __getitem__(self, name: str, /) -> Any: ...  # noqa: ANN401


def wake(tx: Tx, post_id: int) -> None:
    """Wake those who watch a post when the transaction commits."""
    events.wake(tx, TOPIC, post_id)


@dataclass(frozen=True, slots=True)
class Standing:
    """A post as watchers need it; they are told whenever it differs from what they know."""

    status: str = ""
    """Empty for a post that is gone."""
    author_id: int = 0
    likes_count: int = 0
    comments_count: int = 0
    edits: int = 0

    @classmethod
    def of(cls, row: Row) -> Self:
        """Of a row of queries.watching."""
        return cls(row["status"], row["post_author_id"], row["post_likes_count"], row["comments_count"], row["edits"])


@dataclass(slots=True)
class Watched:
    """One post, and what one watcher knows of it."""

    post_id: int
    after_seq: int
    """Everything up to this number is known."""
    standing: Standing
    """As it was read last."""
    told: Standing | None = None
    """As it was told last; None: never."""
    told_edits: int = 0
    """The last edit that the watcher knows."""


async def watched(tx: Tx, caller: Caller, post_ids: Sequence[int], after_seqs: Sequence[int]) -> list[Watched]:
    """Those of some posts that the caller sees, each from a number on; raises Invalid when there are not as many.

    What is hidden is left out now and for good: a watcher who named it learns nothing, not even when it appears.
    """
    if after_seqs and len(after_seqs) != len(post_ids):
        raise Invalid.of("after_seqs", "has another length than post_ids", "after_seqs.length")
    after = dict(zip(post_ids, after_seqs, strict=True)) if after_seqs else {}
    gate = Gate.of(caller)
    rows = await tx.all(queries.watched(gate), post_ids=list(post_ids), **gate.parameters(caller))
    return [
        Watched(
            row["id"],
            after.get(row["id"]) or row["changes"],
            Standing.of(row),
            told_edits=after.get(row["id"]) or row["edits"],
        )
        for row in rows
    ]


def sees(caller: Caller, post: Standing, avoided: frozenset[int]) -> bool:
    """Whether the caller may still see a post: the gate once more, for a stream that outlives it."""
    if not post.status:
        return False
    if caller.is_moderator or post.author_id == caller.user_id:
        return True
    return post.status == Status.APPROVED and post.author_id not in avoided


def may_hear(caller: Caller, comment: Row, avoided: frozenset[int]) -> bool:
    """Likewise a comment."""
    return caller.is_moderator or comment["author_id"] not in avoided
