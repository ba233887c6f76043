"""Podcasts of sounds that lie in the store already: a library that comes from elsewhere, taken over file by file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cnt_grpc import media
from cnt_grpc.content.kinds import PODCAST
from cnt_grpc.content.queries import importing as queries
from cnt_grpc.content.rules import items
from cnt_grpc.content.rules.files import File, Shipped
from cnt_grpc.content.rules.items import Changes
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Status

_LONGEST_TITLE: Final = 200
_GAPS: Final = re.compile(r"[-_]+")


@dataclass(frozen=True, slots=True)
class AudioImport:
    """Takes over sounds below a prefix. May be broken off and repeated: what is a podcast already is passed over."""

    db: Database
    workshop: media.Workshop

    async def keys(self, prefix: str) -> Sequence[str]:
        """The keys of all sounds below the prefix, in order."""
        found = [each.key async for each in self.workshop.storage.objects(prefix)]
        return sorted(key for key in found if media.is_sound(key))

    async def take(self, key: str, owner: int, *, approved: bool, dry: bool) -> str:
        """Make one of them a podcast of this person; what became of it, in words that follow its name."""
        async with self.db.reading() as tx:
            known = await tx.one(queries.file_of_key(), key=key)
        if known is not None and known["item_id"] is not None:
            return f"is podcast {known['item_id']} already"
        if known is not None and known["owner_id"] not in {None, owner}:
            return "refused: it is somebody else's"
        if dry:
            return "would be imported"
        try:
            made = await self.workshop.adopt(key, media.Kind.AUDIO, thumbnail=False)
        except media.UnreadableError:
            return "refused: it cannot be played"
        if made is None:
            return "refused: it is gone"
        who = Caller(user_id=owner, roles=frozenset({"moderator"}) if approved else frozenset())

        async def publish(tx: Tx) -> int:
            # Its bytes are there already, so that they are not counted against the owner's quota.
            media_id = await self.workshop.keep(tx, made, owner=owner, filename=key.rpartition("/")[2])
            wanted = Changes(
                title=title_of(key),
                description="",
                source=File(media_id),
                cover=Shipped(),
                status=Status.APPROVED if approved else Status.PENDING,
                details={"season": 0, "episode": 0},
            )
            item_id: int = (await items.create(tx, who, PODCAST, wanted))["id"]
            return item_id

        return f"imported as podcast {await self.db.transact(publish)}"


def title_of(key: str) -> str:
    """What a podcast is called whose file has this key: its name, with spaces for what stands for them."""
    name = _GAPS.sub(" ", key.rpartition("/")[2].rpartition(".")[0]).strip()
    return (name[:1].upper() + name[1:])[:_LONGEST_TITLE]
