"""What a file is uploaded for decides who may, where it lies and what becomes of it; pictures of films' moments."""

import io
import uuid
from pathlib import Path
from typing import Any

import pytest
from google.api.httpbody_pb2 import HttpBody
from grpc import StatusCode
from PIL import Image
from sqlalchemy import Executable, bindparam, update

from cnt_grpc import media
from cnt_grpc.kit.db import statement
from cnt_grpc.media import templates
from cnt_grpc.media.purposes import ANIMATED_BIBLE_STORY, MOVIE, movie_purpose
from cnt_grpc.media.tables import media_objects
from cnt_grpc.pb.cnt.media.v1 import media_pb2
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2
from tests.harness.api import Api, ApiError
from tests.harness.world import World
from tests.media import makers
from tests.media.examples import film_of
from tests.media.test_uploads import Ann, raw, until


@pytest.fixture
async def ann(world: World, api: Api) -> Ann:
    return Ann(world, api, await world.user())


def file_of(kind: str, folder: Path) -> bytes:
    path = folder / f"a.{kind}"
    make: dict[str, Any] = {
        "mp3": lambda: makers.tone(path, 1),
        "mp4": lambda: makers.film(path, 1),
        "png": lambda: makers.picture(path),
        "pdf": lambda: makers.document_file(path),
    }
    made: Path = make[kind]()
    return made.read_bytes()


@pytest.mark.parametrize(
    ("name", "kind", "folder"),
    [
        ("Thumbnail", "png", "images/thumbnails/podcasts/custom/"),
        ("TemporaryAudio", "mp3", "private/temporary-audio/"),
        ("Movie", "mp4", "video/"),
        ("DraftAudio", "mp3", "private/drafts/audio/"),
        ("DraftVideo", "mp4", "private/drafts/video/"),
        ("DraftImage", "png", "private/drafts/images/"),
    ],
)
async def test_where_a_file_lies(name: str, kind: str, folder: str, ann: Ann, tmp_path: Path) -> None:
    request = getattr(pb2, f"Upload{name}Request")
    answer = await getattr(ann.media, f"Upload{name}")(raw(file_of(kind, tmp_path), f"a.{kind}", request))
    assert answer.state == media_pb2.MEDIA_STATE_READY
    assert answer.file_path.startswith(folder)
    assert [each.name for each in answer.variants] == ([] if kind == "mp3" else ["thumbnail"])
    assert all(each.file_path.startswith("private/") == folder.startswith("private/") for each in answer.variants)
    other = file_of("png" if kind == "mp3" else "mp3", tmp_path)
    await getattr(ann.media, f"Upload{name}")(raw(other, "a", request)).fails(
        StatusCode.INVALID_ARGUMENT, "MEDIA_TYPE_REFUSED"
    )


@pytest.mark.parametrize(
    ("words", "folder"),
    [("", "video/"), ("drama", "video/"), *((each, "animated-bible-stories/") for each in ("Animated Bible Stories",))],
)
async def test_films_and_their_stills_have_places_of_their_own(
    words: str, folder: str, ann: Ann, tmp_path: Path
) -> None:
    data = file_of("mp4", tmp_path)
    film = await ann.media.UploadMovie(raw(data, "a.mp4", pb2.UploadMovieRequest, movie_type=words))
    assert film.file_path.startswith(folder)
    assert [each.file_path.rpartition("/")[0] for each in film.variants] == ["images/movies"]
    assert film.thumbnail_url
    assert await ann.count(film.variants[0].file_path) == 1


@pytest.mark.parametrize("words", ["animated-bible-story", "ANIMATED_BIBLE_STORIES", " animated bible story "])
def test_a_bible_story_by_any_spelling(words: str) -> None:
    assert movie_purpose(words) is ANIMATED_BIBLE_STORY
    assert movie_purpose(words + "x") is MOVIE


async def test_a_bible_story_from_a_phone(ann: Ann, tmp_path: Path) -> None:
    start = pb2.UploadStart(purpose=pb2.MEDIA_PURPOSE_ANIMATED_BIBLE_STORY)
    body = [pb2.UploadRequest(start=start), pb2.UploadRequest(piece=file_of("mp4", tmp_path))]
    assert (await ann.media.Upload(body)).media.file_path.startswith("animated-bible-stories/")


async def test_documents_are_pdf_and_come_from_administrators(ann: Ann, world: World, tmp_path: Path) -> None:
    data = file_of("pdf", tmp_path)
    body = list(raw(data, "a.pdf", pb2.UploadDocumentRequest))
    await ann.media.UploadDocument(body).fails(StatusCode.PERMISSION_DENIED, "ROLE_MISSING")
    start = pb2.UploadRequest(start=pb2.UploadStart(purpose=pb2.MEDIA_PURPOSE_DOCUMENT))
    await ann.media.Upload([start]).fails(StatusCode.PERMISSION_DENIED, "ROLE_MISSING")
    admin = ann.api.as_(await world.user(roles={"admin"})).media
    answer = await admin.UploadDocument(body)
    assert (answer.state, answer.content_type) == (media_pb2.MEDIA_STATE_READY, "application/pdf")
    assert answer.file_path.startswith("documents/")
    picture = raw(file_of("png", tmp_path), "a.pdf", pb2.UploadDocumentRequest)
    await admin.UploadDocument(picture).fails(StatusCode.INVALID_ARGUMENT, "MEDIA_TYPE_REFUSED")


async def test_a_profile_image_becomes_the_avatar(ann: Ann, tmp_path: Path) -> None:
    first = await ann.media.UploadProfileImage(raw(file_of("png", tmp_path), "a.png", pb2.UploadProfileImageRequest))
    assert first.file_path.startswith("images/profiles/")
    assert first.url.endswith(first.file_path), "everyone may see it"
    me = ann.api.as_(ann.person).user
    assert (await me.GetMe()).user.avatar_url == first.url
    second = await ann.media.UploadProfileImage(raw(file_of("png", tmp_path), "b.png", pb2.UploadProfileImageRequest))
    assert (await me.GetMe()).user.avatar_url == second.url
    await until(lambda: ann.count(first.file_path), 0)


async def test_how_long_a_file_is(ann: Ann) -> None:
    bob = await ann.other()
    async with ann.world.db.transaction() as tx:
        private = (await makers.audio(tx, ann.person.id, duration_ms=61_500))["key"]
        public = (await makers.video(tx, ann.person.id, visibility="public"))["key"]
        probing = (await makers.audio(tx, ann.person.id, state="probing"))["key"]
        picture = (await makers.image(tx, ann.person.id))["key"]
    answer = await ann.media.GetMediaDuration(path=private)
    assert (answer.duration, answer.duration_ms) == (62, 61_500)
    url = ann.world.system.urls.private(private)
    assert (await ann.media.GetMediaDuration(path=url)).duration_ms == 61_500
    assert (await ann.api.media.GetMediaDuration(path=public)).duration == 60
    for them in (bob.media, ann.api.media):
        await them.GetMediaDuration(path=private).fails(StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND")
    await ann.media.GetMediaDuration(path="../etc/passwd").fails(StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND")
    await ann.media.GetMediaDuration(path=probing).fails(StatusCode.FAILED_PRECONDITION, "MEDIA_NOT_READY")
    await ann.media.GetMediaDuration(path=picture).fails(StatusCode.INVALID_ARGUMENT, "MEDIA_WRONG_KIND")


async def test_moderators_see_how_long_a_file_is_that_they_review(ann: Ann, world: World) -> None:
    eve = ann.api.as_(await world.user(roles={"moderator"})).media
    async with world.db.transaction() as tx:
        private = (await makers.audio(tx, ann.person.id, duration_ms=61_500))["key"]
        film = (await makers.video(tx, ann.person.id))["id"]
        papers = [(await makers.audio(tx, ann.person.id))["id"] for _ in range(2)]
        keys = [f"private/{folder}/{uuid.uuid4().hex}.mp3" for folder in ("identity", "exports")]
        for paper, key in zip(papers, keys, strict=True):
            await tx.run(_set_key(), media=paper, key=key)
    assert (await eve.GetMediaDuration(path=private)).duration_ms == 61_500
    for key in keys:
        assert (await ann.media.GetMediaDuration(path=key)).duration_ms == 60_000
        await eve.GetMediaDuration(path=key).fails(StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND")
    await eve.GenerateThumbnail(media_id=film).fails(StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND")


@statement
def _set_key() -> Executable:
    return update(media_objects).where(media_objects.c.id == bindparam("media")).values(key=bindparam("key"))


async def test_nobody_has_pictures_made_all_day(ann: Ann) -> None:
    for _ in range(300):
        try:
            await ann.media.GenerateThumbnail(media_id=2**62)
        except ApiError as refusal:
            last = refusal
        if last.reason != "MEDIA_NOT_FOUND":
            break
    assert (last.code, last.reason) == (StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_CALLS")


async def test_the_twelve_pictures_that_come_with_the_platform(ann: Ann) -> None:
    for _ in range(2):
        await media.seed(ann.world.db, ann.world.system.storage)
    thumbnails = (await ann.api.media.ListDefaultThumbnails()).thumbnails
    assert [each.file_path for each in thumbnails] == list(templates.KEYS)
    contents = {await ann.content(each.file_path) for each in thumbnails}
    assert len(contents) == 12
    assert {Image.open(io.BytesIO(each)).size for each in contents} == {(1280, 720)}
    shelf = media.Shelf(ann.world.db, ann.world.system.storage)  # type: ignore[arg-type]  # the tests' store is local
    found = [await shelf.find(key, "", "") for key in templates.KEYS]
    assert all(each is not None and each.public for each in found)


async def test_a_picture_of_a_moment(ann: Ann, tmp_path: Path) -> None:
    # Red for a second, then blue.
    path = tmp_path / "a.mp4"
    colours = ("-f", "lavfi", "-i", "color=red:size=320x240:duration=1", "-f", "lavfi", "-i")
    join = ("color=blue:size=320x240:duration=1", "-filter_complex", "concat", "-c:v", "libx264")
    data = makers.ffmpeg(*colours, *join, path=path).read_bytes()
    film = await ann.media.UploadVideo([pb2.UploadVideoRequest(file=HttpBody(data=data))])
    seen = []
    for at in (0.0, 0.9, 1.5, 3600.0):
        made = await ann.media.GenerateThumbnail(media_id=film.media_id, timestamp=at)
        assert made.state == media_pb2.MEDIA_STATE_READY
        assert made.thumbnail_url
        picture = Image.open(io.BytesIO(await ann.content(made.file_path)))
        red, _, blue = picture.convert("RGB").getpixel((100, 100))  # type: ignore[misc]  # a pixel of RGB is three
        seen.append("red" if red > blue else "blue")
    assert seen == ["red", "red", "blue", "blue"]
    by_url = await ann.media.GenerateThumbnail(video_url=film.url, timestamp=0)
    found = (await ann.media.GetMedia(media_id=by_url.media_id)).media
    assert (found.kind, found.width) == (media_pb2.MEDIA_KIND_IMAGE, 320)


async def test_whose_moments(ann: Ann) -> None:
    bob = await ann.other()
    film = await film_of(ann.world, ann.person)
    await bob.media.GenerateThumbnail(media_id=film).fails(StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND")
    await ann.media.GenerateThumbnail(video_url="https://example.com/a.mp4").fails(
        StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND"
    )
    async with ann.world.db.transaction() as tx:
        sound = (await makers.audio(tx, ann.person.id))["id"]
    await ann.media.GenerateThumbnail(media_id=sound).fails(StatusCode.INVALID_ARGUMENT, "MEDIA_WRONG_KIND")
    await ann.media.GenerateThumbnail().fails(StatusCode.INVALID_ARGUMENT, "INVALID")
