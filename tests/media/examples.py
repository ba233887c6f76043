"""A valid call of each method of the media room, for the laws in tests/contract."""

import tempfile
from functools import cache
from pathlib import Path

from google.api.httpbody_pb2 import HttpBody

from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2
from tests.harness.examples import Example, Fields, Foreign
from tests.harness.world import Person, World
from tests.media import makers

_SERVICE = "cnt.media.v1.MediaService"


@cache
def _bytes(name: str) -> bytes:
    """A small real file of the type that the name says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        if name.endswith(".mp4"):
            return makers.film(path, 0.2).read_bytes()
        if name.endswith(".png"):
            return makers.picture(path, (64, 48)).read_bytes()
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


EXAMPLES = {
    f"{_SERVICE}/UploadAudio": Example(_sound, heavy=True),
    f"{_SERVICE}/UploadVideo": Example(_film, heavy=True),
    f"{_SERVICE}/UploadImage": Example(_picture, heavy=True),
    f"{_SERVICE}/Upload": Example(_pieces, heavy=True),
    f"{_SERVICE}/GetMedia": Example(_own_audio, foreign=Foreign("media_id", _audio_of, "MEDIA_NOT_FOUND")),
}
