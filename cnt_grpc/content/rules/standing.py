"""Where an item stands between its creator and the moderators, who may move it, and what follows when it moves."""

from collections.abc import Collection
from functools import partial
from typing import Final

from cnt_grpc import moderation
from cnt_grpc.content.kinds import KINDS, ItemKind
from cnt_grpc.content.queries import changes
from cnt_grpc.content.rules import artists, files, finding
from cnt_grpc.content.tables import content_items
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Status, is_trusted

_REVIEWED: Final = frozenset({"title", "description", "media_id", "cover_id", "cover_key"})
"""What moderators looked at when they approved an item of any kind: changing it asks for another look."""


def next_status(kind: ItemKind, old: Row, caller: Caller, asked: Status | None, changed: Collection[str]) -> Status:
    """Where an item stands after an update by a caller who may change it, asked to stand at `asked` (None: unasked)."""
    stands = Status(old["status"])
    trusted = is_trusted(caller)
    if old["held"] and old["creator_id"] == caller.user_id:
        # What a moderator took out comes back by a moderator: all that its creator can do is to send it again.
        again = stands is Status.REJECTED or (trusted and asked in {Status.PENDING, Status.APPROVED})
        return Status.PENDING if again else stands
    if trusted and asked is not None:
        return asked
    if stands is Status.APPROVED and not trusted and not STANDINGS[kind].reviewed.isdisjoint(changed):
        return Status.PENDING
    return stands


async def _follow(kind: ItemKind, tx: Tx, item: Row, was: Status, now: Status) -> None:
    """Let everyone see the files of an approved item and find it, and count it as its artist's; or no longer."""
    if now is Status.APPROVED:
        await files.publish(tx, item["id"], item)
        first = item["approved_at"] == item["updated_at"]
        await artists.published(tx, item["creator_id"], item["id"], plays=item["plays_count"], first=first)
    elif was is Status.APPROVED:
        await files.withdraw(tx, item["id"], item)
        await artists.withdrawn(tx, item["creator_id"], plays=item["plays_count"])
    await finding.index_item(tx, kind, item["id"])


STANDINGS: Final = {
    kind: moderation.Standing(
        kind=kind.name,
        things=moderation.Things(content_items, content_items.c.creator_id, content_items.c.kind == kind.name),
        reviewed=_REVIEWED | kind.reviewed,
        set_status=changes.set_status,
        follow=partial(_follow, kind),
    )
    for kind in KINDS
}
"""Of the items of each kind."""
