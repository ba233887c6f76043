"""Creators who publish and a moderator who approves: each podcast once, each decision once, each notice once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.media import makers

if TYPE_CHECKING:
    from cnt_grpc.kit.db import Tx
    from tests.faults.clients import Client
    from tests.faults.whole import Whole
    from tests.harness.world import Person


class Podcasts:
    """Every title is used for one CreatePodcast, however often it is tried."""

    share = 3.0

    def __init__(self) -> None:
        self._moderator: Person | None = None
        self._files: dict[int, int] = {}
        self._titles: set[str] = set()
        self._approved: set[int] = set()
        self.acknowledged = 0

    async def prepare(self, whole: Whole) -> None:
        """Somebody who decides."""
        self._moderator = await whole.world.user(roles={"moderator"})

    async def step(self, client: Client) -> None:
        """Publish something, and half the time see it approved."""
        file = await self._file(client)
        title = f"Sermon {client.random.getrandbits(64):x}"
        reply = await client.write("content", "CreatePodcast", title=title, media_id=file, use_default_thumbnail=True)
        self._titles.add(title)
        self.acknowledged += 1
        if client.random.random() < 0.5:
            number = reply.podcast.podcast_id
            await client.write(
                "moderation", "ApproveContent", as_=self._moderator, content_type="podcast", content_id=number
            )
            self._approved.add(number)
            self.acknowledged += 1

    async def _file(self, client: Client) -> int:
        """A file of this person: a row without bytes, for nothing here reads them."""
        person = client.who.id
        if person not in self._files:

            async def make(tx: Tx) -> int:
                return int((await makers.audio(tx, person))["id"])

            self._files[person] = await client.through_outages(make)
        return self._files[person]

    async def check(self, whole: Whole) -> None:
        """Titles, decisions, audit and notices agree."""
        async with whole.system.db.transaction() as tx:
            items = await tx.raw("SELECT title, count(*) FROM content_items GROUP BY title")
            acts = await tx.raw("SELECT target_id, count(*) FROM audit_log WHERE action = 'approve' GROUP BY 1")
            told = await tx.raw(
                "SELECT item.id, count(*) FROM content_items AS item JOIN notifications AS told"
                " ON told.recipient_id = item.creator_id AND (told.data->>'content_id')::bigint = item.id"
                " WHERE told.type = 'content_approved' GROUP BY 1"
            )
        there = Counter({row["title"]: row["count"] for row in items})
        lost = [title for title in self._titles if there[title] != 1]
        assert not lost, f"{len(lost)} acknowledged podcasts are not there once: {[(t, there[t]) for t in lost[:5]]}"
        twice = [title for title, count in there.items() if count > 1]
        assert not twice, f"podcasts that are there twice: {twice[:5]}"
        for name, rows, key in (("acts", acts, "target_id"), ("notices", told, "id")):
            counts = Counter({row[key]: row["count"] for row in rows})
            wrong = [number for number in self._approved if counts[number] != 1]
            shown = [(number, counts[number]) for number in wrong[:5]]
            assert not wrong, f"{name} of {len(wrong)} decisions are not there once: {shown}"
