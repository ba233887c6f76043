"""A valid call of every method of the content room, for the laws that run over all methods."""

import secrets
from datetime import UTC, datetime
from typing import Any

from cnt_grpc.pb.cnt.content.v1.content_service import SERVICE
from cnt_grpc.pb.cnt.content.v1.item_pb2 import CONTENT_TYPE_DOCUMENT
from tests.content import makers
from tests.harness.examples import Example, Fields, Foreign, Pages
from tests.harness.world import Person, World
from tests.media import makers as media_makers

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
"""When everything of a list was made that shall sort alike."""


async def new_podcast(world: World, who: Person) -> Fields:
    """A podcast of a file that this person has uploaded."""
    async with world.db.transaction() as tx:
        file = await media_makers.audio(tx, who.id)
    return {"title": "Ruth", "description": "Loyal.", "media_id": file["id"], "use_default_thumbnail": True}


async def own_podcast(world: World, who: Person) -> Fields:
    """A podcast of this person, whom everyone sees."""
    async with world.db.transaction() as tx:
        row = await makers.podcast(tx, by=who.id)
    return {"podcast_id": row["id"]}


async def new_title(world: World, who: Person) -> Fields:
    """Another title for a podcast of this person."""
    return {**await own_podcast(world, who), "title": "Boas"}


async def hidden_podcast(world: World, who: Person) -> Any:
    """A podcast of this person that waits for a moderator."""
    async with world.db.transaction() as tx:
        row = await makers.podcast(tx, by=who.id, status="pending")
    return row["id"]


async def many_podcasts(world: World, who: Person, number: int) -> Fields:
    """Podcasts of one moment."""
    async with world.db.transaction() as tx:
        for _ in range(number):
            await makers.podcast(tx, by=who.id, at=MOMENT)
    return {"creator_id": who.id}


async def many_categories(world: World, who: Person, number: int) -> Fields:
    """Categories of documents at one place of the menu."""
    async with world.db.transaction() as tx:
        for _ in range(number):
            await makers.category(tx, name=secrets.token_hex(8), kind="document")
    return {"type": CONTENT_TYPE_DOCUMENT}


async def uploaded_audio(world: World, who: Person) -> Any:
    """A file that this person has uploaded."""
    async with world.db.transaction() as tx:
        row = await media_makers.audio(tx, who.id)
    return row["id"]


async def uploaded_image(world: World, who: Person) -> Any:
    """A picture that this person has uploaded."""
    async with world.db.transaction() as tx:
        row = await media_makers.image(tx, who.id)
    return row["id"]


HIDDEN = Foreign("podcast_id", hidden_podcast, "CONTENT_NOT_FOUND")
FILES = (
    Foreign("media_id", uploaded_audio, "MEDIA_NOT_FOUND"),
    Foreign("cover_media_id", uploaded_image, "MEDIA_NOT_FOUND"),
)
CATEGORY = {"category_id": "everyone sees the categories"}

EXAMPLES = {
    f"{SERVICE}/CreatePodcast": Example(given=new_podcast, foreign=FILES, open_ids=CATEGORY),
    f"{SERVICE}/GetPodcast": Example(given=own_podcast, foreign=HIDDEN),
    f"{SERVICE}/ListPodcasts": Example(
        pages=Pages(many_podcasts, "podcasts", key="podcast_id"),
        open_ids={**CATEGORY, "creator_id": "narrows what the caller sees anyway"},
    ),
    f"{SERVICE}/UpdatePodcast": Example(given=new_title, foreign=(HIDDEN, *FILES), open_ids=CATEGORY),
    f"{SERVICE}/DeletePodcast": Example(given=own_podcast, foreign=HIDDEN),
    f"{SERVICE}/ListCategories": Example(pages=Pages(many_categories, "categories", key="category_id")),
}
