"""Drafts that become public: they get a public key, their bytes follow, and nothing below private/ is ever open."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from grpc import StatusCode

from cnt_grpc import media
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.errors import Invalid, NotFound, Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.media import Kind, Shelf, moving
from cnt_grpc.media.jobs import MOVE
from cnt_grpc.media.local import LocalStorage
from cnt_grpc.media.queries import objects
from cnt_grpc.media.s3 import S3Storage
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2
from cnt_grpc.pb.cnt.media.v1.jobs_pb2 import MoveMedia
from cnt_grpc.pb.cnt.media.v1.reason import Reason
from tests.harness.api import Api
from tests.harness.world import World
from tests.media import s3_server
from tests.media.test_purposes import file_of
from tests.media.test_uploads import Ann, raw, until


@pytest.fixture
async def ann(world: World, api: Api) -> Ann:
    return Ann(world, api, await world.user())


async def drafted(
    ann: Ann, tmp_path: Path, name: str = "DraftVideo", kind: str = "mp4"
) -> pb2.UploadDraftVideoResponse:
    request = getattr(pb2, f"Upload{name}Request")
    answer: pb2.UploadDraftVideoResponse = await getattr(ann.media, f"Upload{name}")(
        raw(file_of(kind, tmp_path), f"a.{kind}", request)
    )
    return answer


async def claimed(ann: Ann, kind: Kind, **named: object) -> Row:
    async with ann.world.db.transaction() as tx:
        row = await media.claim(tx, Caller(ann.person.id), kind, **named)  # type: ignore[arg-type]  # one of its two names
        await media.use(tx, row["id"], "test", f"item:{row['id']}")
        await media.publish(tx, row["id"], "test", f"item:{row['id']}")
    return row


def arrived(ann: Ann, media_id: int) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        async with ann.world.db.reading() as tx:
            row = await tx.one(objects.object_by_id(), media=media_id)
        return row is not None and row["source_key"] is None

    return look


async def test_a_draft_that_is_published_lies_where_everyone_finds_it(ann: Ann, tmp_path: Path) -> None:
    draft = await drafted(ann, tmp_path)
    data = await ann.content(draft.file_path)
    row = await claimed(ann, Kind.VIDEO, media_id=draft.media_id)
    assert row["key"] == draft.file_path.replace("private/drafts/video/", "video/")
    await until(arrived(ann, row["id"]), True)
    found = (await ann.media.GetMedia(media_id=row["id"])).media
    assert found.file_path == row["key"]
    assert "signature" not in found.url
    assert await ann.content(row["key"]) == data
    assert found.variants[0].file_path.startswith("images/thumbnails/podcasts/generated/")
    assert await ann.count(found.variants[0].file_path) == 1
    assert found.thumbnail_url.endswith(found.variants[0].file_path)
    stem = draft.file_path.partition(".")[0]
    await until(lambda: ann.count(stem), 0)
    # Its old name still finds it, for the one who uploaded it.
    async with ann.world.db.transaction() as tx:
        again = await media.claim(tx, Caller(ann.person.id), Kind.VIDEO, file_path=draft.file_path)
        with pytest.raises(NotFound):
            other = await ann.other()
            await media.claim(tx, Caller(other.person.id), Kind.VIDEO, file_path=draft.file_path)
    assert again["id"] == row["id"]


async def test_a_draft_that_is_kept_stays_private(ann: Ann, tmp_path: Path) -> None:
    draft = await drafted(ann, tmp_path, "DraftImage", "png")
    async with ann.world.db.transaction() as tx:
        row = await media.claim(tx, Caller(ann.person.id), Kind.IMAGE, media_id=draft.media_id, private=True)
        await media.use(tx, row["id"], "test", f"draft:{row['id']}")
    assert row["key"] == draft.file_path
    with pytest.raises(Precondition) as refusal:
        async with ann.world.db.transaction() as tx:
            await media.publish(tx, row["id"], "test", f"draft:{row['id']}")
    assert refusal.value.reason == Reason.MEDIA_STAYS_PRIVATE
    # Even if a row said otherwise, nothing below private/ is open.
    urls, shelf = ann.world.system.urls, Shelf(ann.world.db, ann.world.system.storage)  # type: ignore[arg-type]  # local
    assert "signature" in urls.of(row["key"], "public")
    assert await shelf.find(row["key"], "", "") is None
    later = await claimed(ann, Kind.IMAGE, media_id=draft.media_id)
    assert later["key"].startswith("images/")
    await until(arrived(ann, row["id"]), True)
    assert await shelf.find(later["key"], "", "") is not None


async def test_papers_and_exports_are_never_published(ann: Ann, tmp_path: Path) -> None:
    start = pb2.UploadStart(purpose=pb2.MEDIA_PURPOSE_IDENTITY_PICTURE, filename="passport.png")
    data = file_of("png", tmp_path)
    paper = (await ann.media.Upload([pb2.UploadRequest(start=start), pb2.UploadRequest(piece=data)])).media
    assert paper.file_path.startswith("private/identity/")
    async with ann.world.db.transaction() as tx:
        with pytest.raises(Precondition) as refusal:
            await media.claim(tx, Caller(ann.person.id), Kind.IMAGE, media_id=paper.media_id)
        assert refusal.value.reason == Reason.MEDIA_STAYS_PRIVATE
        row = await media.claim(tx, Caller(ann.person.id), Kind.IMAGE, media_id=paper.media_id, private=True)
        assert row["key"] == paper.file_path
    with pytest.raises(Precondition):
        async with ann.world.db.transaction() as tx:
            await media.publish(tx, paper.media_id, "test", "paper")
    pdf = pb2.UploadStart(purpose=pb2.MEDIA_PURPOSE_IDENTITY_DOCUMENT)
    papers = (
        await ann.media.Upload([pb2.UploadRequest(start=pdf), pb2.UploadRequest(piece=file_of("pdf", tmp_path))])
    ).media
    assert papers.file_path.startswith("private/identity/")
    await ann.media.Upload([pb2.UploadRequest(start=pdf), pb2.UploadRequest(piece=data)]).fails(
        StatusCode.INVALID_ARGUMENT, "MEDIA_TYPE_REFUSED"
    )


async def test_a_move_goes_on_after_a_crash_anywhere(ann: Ann, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = await drafted(ann, tmp_path)
    data, real = await ann.content(draft.file_path), moving.Mover._copy
    copied = []

    async def crash(self: moving.Mover, source: str, target: str) -> None:
        copied.append(target)
        if len(copied) == 2:
            raise OSError("the worker is killed")
        await real(self, source, target)

    monkeypatch.setattr(moving.Mover, "_copy", crash)
    row = await claimed(ann, Kind.VIDEO, media_id=draft.media_id)
    await until(arrived(ann, row["id"]), True)
    assert len(copied) >= 4, "the second run begins anew"
    assert await ann.content(row["key"]) == data
    await until(lambda: ann.count(draft.file_path.partition(".")[0]), 0)


async def test_a_move_never_takes_the_last_copy(ann: Ann, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that says `not there` of a copy in parts means the parts, and has not said it of the file."""
    draft = await drafted(ann, tmp_path, "DraftAudio", "mp3")
    data, real, refused = await ann.content(draft.file_path), LocalStorage.copy, list[str]()

    async def confused(self: LocalStorage, source: str, target: str) -> None:
        if source == draft.file_path and not refused:
            refused.append(source)
            raise FileNotFoundError(source)
        await real(self, source, target)

    monkeypatch.setattr(LocalStorage, "copy", confused)
    row = await claimed(ann, Kind.AUDIO, media_id=draft.media_id)
    await until(arrived(ann, row["id"]), True)
    assert refused
    assert await ann.content(row["key"]) == data
    await until(lambda: ann.count(draft.file_path), 0)


async def test_a_move_whose_job_gave_up_is_asked_for_again(ann: Ann, tmp_path: Path) -> None:
    draft = await drafted(ann, tmp_path, "DraftAudio", "mp3")
    mover = moving.Mover(ann.world.system.storage)
    row = await claimed(ann, Kind.AUDIO, media_id=draft.media_id)
    await until(arrived(ann, row["id"]), True)
    # Once it has arrived, asking again does nothing.
    await mover.ask_again(ann.world.db)
    async with ann.world.db.transaction() as tx:
        await jobs.enqueue(tx, MOVE, MoveMedia(media_id=row["id"]))
    assert await ann.count(row["key"]) == 1


async def test_a_wrong_kind_is_refused_before_it_moves(ann: Ann, tmp_path: Path) -> None:
    draft = await drafted(ann, tmp_path, "DraftAudio", "mp3")
    async with ann.world.db.transaction() as tx:
        with pytest.raises(Invalid):
            await media.claim(tx, Caller(ann.person.id), Kind.IMAGE, media_id=draft.media_id)
    assert (await ann.media.GetMedia(media_id=draft.media_id)).media.file_path == draft.file_path


async def test_signed_addresses_end_within_a_quarter_of_an_hour(ann: Ann, s3_url: str, tmp_path: Path) -> None:
    draft = await drafted(ann, tmp_path, "DraftAudio", "mp3")
    found = (await ann.media.GetMedia(media_id=draft.media_id)).media
    expires = int(parse_qs(urlsplit(found.url).query)["expires"][0])
    assert 0 < expires - clock.now().timestamp() <= 900
    store = S3Storage(s3_server.new_bucket(s3_url))
    for url in (media.Urls("https://cdn", store).private(draft.file_path), found.url):
        assert 0 < int(parse_qs(urlsplit(url).query).get("X-Amz-Expires", ["1"])[0]) <= 900
    store.close()
