"""What is particular to documents and stories, through the wire: first pages, categories by name, audio or none."""

from pathlib import Path
from typing import Any

import pytest
from grpc import StatusCode
from PIL import Image

from cnt_grpc.content.kinds import DOCUMENT
from cnt_grpc.kit import jobs
from cnt_grpc.media.jobs import PROBE
from cnt_grpc.media.sniff import PDF
from cnt_grpc.pb.cnt.media.v1.jobs_pb2 import ProbeMedia
from tests.content import makers
from tests.contract.effects import settled
from tests.harness.api import Api
from tests.harness.world import Person, World
from tests.media import makers as media_makers


async def examined(world: World, who: Person, path: Path) -> Any:
    """The row of a PDF of this person, after the worker has looked at it."""
    async with world.db.transaction() as tx:
        row = await media_makers.document(tx, who.id, state="probing")
    await world.system.storage.put(row["key"], path, PDF.content_type)
    async with world.db.transaction() as tx:
        await jobs.enqueue(tx, PROBE, ProbeMedia(media_id=row["id"], thumbnail=True))
    await settled(world)
    async with world.db.transaction() as tx:
        [row] = await tx.raw("SELECT * FROM media_objects WHERE id = $1", row["id"])
    return row


async def test_a_document_shows_its_first_page(world: World, api: Api) -> None:
    ann = await world.user(roles={"admin"})
    path = world.folder / "psalm.pdf"
    pages = [Image.new("RGB", (200, 300), color) for color in ("red", "blue")]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    row = await examined(world, ann, path)
    assert row["state"] == "ready"
    document = (await api.as_(ann).content.CreateDocument(title="Psalm", media_id=row["id"])).document
    assert document.size == row["size"]
    assert document.cover_url.endswith(row["thumbnail_key"])
    with Image.open(world.system.settings.media_dir / row["thumbnail_key"]) as picture:
        assert picture.height == 640
        red, _, blue = picture.convert("RGB").getpixel((100, 100))  # type: ignore[misc]  # of an RGB picture
        assert (red > 200, blue < 60) == (True, True)


@pytest.mark.parametrize("content", [b"%PDF-1.4\n" + b"\0" * 500, b"%PDF-1.7\ntrailer<</Root 1 0 R>>\n%%EOF"])
async def test_a_broken_document_is_refused(world: World, content: bytes) -> None:
    ann = await world.user(roles={"admin"})
    path = world.folder / f"broken {ann.username}.pdf"
    path.write_bytes(content)
    row = await examined(world, ann, path)
    assert row["state"] == "failed"
    assert "cannot be read" in row["failure"]


async def test_documents_of_a_category_by_its_name(world: World, api: Api) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        category_id = await makers.category(tx, name=f"Of {ann.username}")
        row = await makers.item(tx, DOCUMENT, by=ann.id, category_id=category_id)
        await makers.item(tx, DOCUMENT, by=ann.id)
    show = api.content.ListDocuments
    page = await show(category=f"OF {ann.username}")
    assert [document.document_id for document in page.documents] == [row["id"]]
    assert not (await show(category="Of nobody")).documents
    assert not (await show(category=f"Of {ann.username}", category_id=2**40)).documents


async def test_a_story_may_be_without_audio(world: World, api: Api) -> None:
    ann = await world.user(roles={"admin"})
    content = api.as_(ann).content
    given: dict[str, Any] = {"scripture_reference": "Ruth 1", "text": "In the days when the judges ruled."}
    story = (await content.CreateBibleStory(title="Ruth", **given)).bible_story
    assert (story.media_id, story.media_url, story.duration_ms) == (0, "", 0)
    async with world.db.transaction() as tx:
        file = await media_makers.audio(tx, ann.id, duration_ms=90_000)
    named = {"bible_story_id": story.bible_story_id}
    told = (await content.UpdateBibleStory(**named, media_id=file["id"])).bible_story
    assert (told.media_id, told.duration) == (file["id"], 90)
    silent = (await content.UpdateBibleStory(**named, media_id=0)).bible_story
    assert (silent.media_id, silent.text) == (0, given["text"])


@pytest.mark.parametrize("role", ["", "creator", "moderator"])
@pytest.mark.parametrize("noun", ["Document", "BibleStory"])
async def test_only_administrators_make_them(world: World, api: Api, role: str, noun: str) -> None:
    ann = await world.user(roles={role} - {""})
    create = getattr(api.as_(ann).content, f"Create{noun}")
    await create(title="Mine").fails(StatusCode.PERMISSION_DENIED, "ROLE_MISSING")
