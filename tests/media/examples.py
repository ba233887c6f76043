"""A valid call of each method of the media room, for the laws in tests/contract."""

import hashlib
import tempfile
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

from google.api.httpbody_pb2 import HttpBody

from cnt_grpc.media.purposes import AUDIO
from cnt_grpc.media.resumable import Resumable
from cnt_grpc.media.uploads import Declared, Intake
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2
from cnt_grpc.pb.cnt.media.v1 import upload_service_pb2 as uploads_pb2
from tests.harness.examples import Example, Fields, Foreign, Given
from tests.harness.world import Person, World
from tests.media import makers

_SERVICE = "cnt.media.v1.MediaService"
_UPLOADS = "cnt.media.v1.UploadService"


@cache
def _bytes(name: str) -> bytes:
    """A small real file of the type that the name says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        if name.endswith(".mp4"):
            return makers.film(path, 0.2).read_bytes()
        if name.endswith(".png"):
            return makers.picture(path, (64, 48)).read_bytes()
        if name.endswith(".pdf"):
            return makers.document_file(path).read_bytes()
        return makers.tone(path, 0.2).read_bytes()


async def _sound(world: World, who: Person) -> Fields:
    body = HttpBody(content_type="audio/mpeg", data=_bytes("sermon.mp3"))
    return {"requests": [pb2.UploadAudioRequest(file=body, filename="sermon.mp3")]}


async def _film(world: World, who: Person) -> Fields:
    body = HttpBody(content_type="video/mp4", data=_bytes("film.mp4"))
    return {"requests": [pb2.UploadVideoRequest(file=body, filename="film.mp4")]}


async def _picture(world: World, who: Person) -> Fields:
    body = HttpBody(content_type="image/png", data=_bytes("picture.png"))
    return {"requests": [pb2.UploadImageRequest(file=body, filename="picture.png")]}


async def _pieces(world: World, who: Person) -> Fields:
    data = _bytes("sermon.mp3")
    start = pb2.UploadStart(purpose=pb2.MEDIA_PURPOSE_AUDIO, filename="sermon.mp3", size=len(data))
    return {"requests": [pb2.UploadRequest(start=start), pb2.UploadRequest(piece=data)]}


async def _audio_of(world: World, who: Person) -> int:
    async with world.db.transaction() as tx:
        return int((await makers.audio(tx, who.id))["id"])


async def _own_audio(world: World, who: Person) -> Fields:
    return {"media_id": await _audio_of(world, who)}


def _body(kind: type[Any], name: str) -> Given:
    """One message with a whole file of the type that the name says."""

    async def given(world: World, who: Person) -> Fields:
        body = HttpBody(content_type="application/octet-stream", data=_bytes(name))
        return {"requests": [kind(file=body, filename=name)]}

    return given


async def _public_film(world: World, who: Person) -> Fields:
    async with world.db.transaction() as tx:
        row = await makers.video(tx, who.id, visibility="public")
    return {"path": row["key"]}


async def film_of(world: World, who: Person) -> int:
    """A film of this person's own with its bytes in the store."""
    async with world.db.transaction() as tx:
        row = await makers.video(tx, who.id, duration_ms=200)
    async with world.system.storage.create(row["key"], "video/mp4") as writer:
        await writer.write(_bytes("film.mp4"))
        await writer.commit()
    return int(row["id"])


async def _moment(world: World, who: Person) -> Fields:
    return {"media_id": await film_of(world, who), "timestamp": 0.1}


async def _declared(world: World, who: Person) -> Fields:
    data = _bytes("sermon.mp3")
    return {
        "purpose": pb2.MEDIA_PURPOSE_AUDIO,
        "content_type": "audio/mpeg",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "filename": "sermon.mp3",
    }


async def _begun(world: World, who: Person) -> str:
    """An upload that waits for its bytes."""
    declared = await _declared(world, who)
    resumable = Resumable(Intake(world.system.storage, world.system.limits))
    given = Declared(declared["filename"], declared["size"], bytes.fromhex(declared["sha256"]))
    standing = await resumable.begin(world.db, who.id, AUDIO, declared["content_type"], given)
    return str(standing.row["id"])


async def _waiting(world: World, who: Person) -> Fields:
    return {"upload_id": await _begun(world, who)}


async def _next_piece(world: World, who: Person) -> Fields:
    piece = HttpBody(data=_bytes("sermon.mp3"))
    return {"requests": [uploads_pb2.PutUploadRequest(upload_id=await _begun(world, who), piece=piece)]}


async def _all_here(world: World, who: Person) -> Fields:
    async def once() -> AsyncIterator[bytes]:
        yield _bytes("sermon.mp3")

    upload_id = await _begun(world, who)
    resumable = Resumable(Intake(world.system.storage, world.system.limits))
    await resumable.put(world.db, who.id, upload_id, 0, once())
    return {"upload_id": upload_id}


_A_PERSONS_UPLOAD = Foreign("upload_id", _begun, "UPLOAD_NOT_FOUND", unknown="A" * 32)

EXAMPLES = {
    f"{_UPLOADS}/CreateUpload": Example(_declared),
    f"{_UPLOADS}/PutUpload": Example(_next_piece, foreign=_A_PERSONS_UPLOAD, heavy=True),
    f"{_UPLOADS}/GetUpload": Example(_waiting, foreign=_A_PERSONS_UPLOAD),
    f"{_UPLOADS}/CompleteUpload": Example(_all_here, foreign=_A_PERSONS_UPLOAD, heavy=True),
    f"{_UPLOADS}/DeleteUpload": Example(_waiting, foreign=_A_PERSONS_UPLOAD),
    f"{_SERVICE}/UploadProfileImage": Example(_body(pb2.UploadProfileImageRequest, "picture.png"), heavy=True),
    f"{_SERVICE}/UploadThumbnail": Example(_body(pb2.UploadThumbnailRequest, "picture.png"), heavy=True),
    f"{_SERVICE}/UploadTemporaryAudio": Example(_body(pb2.UploadTemporaryAudioRequest, "sermon.mp3"), heavy=True),
    f"{_SERVICE}/UploadMovie": Example(_body(pb2.UploadMovieRequest, "film.mp4"), heavy=True),
    f"{_SERVICE}/UploadDocument": Example(_body(pb2.UploadDocumentRequest, "text.pdf"), role="admin", heavy=True),
    f"{_SERVICE}/UploadDraftAudio": Example(_body(pb2.UploadDraftAudioRequest, "sermon.mp3"), heavy=True),
    f"{_SERVICE}/UploadDraftVideo": Example(_body(pb2.UploadDraftVideoRequest, "film.mp4"), heavy=True),
    f"{_SERVICE}/UploadDraftImage": Example(_body(pb2.UploadDraftImageRequest, "picture.png"), heavy=True),
    f"{_SERVICE}/GetMediaDuration": Example(_public_film),
    f"{_SERVICE}/ListDefaultThumbnails": Example(),
    f"{_SERVICE}/GenerateThumbnail": Example(
        _moment, foreign=Foreign("media_id", film_of, "MEDIA_NOT_FOUND"), heavy=True
    ),
    f"{_SERVICE}/UploadAudio": Example(_sound, heavy=True),
    f"{_SERVICE}/UploadVideo": Example(_film, heavy=True),
    f"{_SERVICE}/UploadImage": Example(_picture, heavy=True),
    f"{_SERVICE}/Upload": Example(_pieces, heavy=True),
    f"{_SERVICE}/GetMedia": Example(_own_audio, foreign=Foreign("media_id", _audio_of, "MEDIA_NOT_FOUND")),
}
