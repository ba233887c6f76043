"""How long sounds and films are, from three seconds to an hour: right to fifty milliseconds, however packed."""

import asyncio
from pathlib import Path

import pytest

from cnt_grpc.pb.cnt.media.v1 import media_pb2
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2
from tests.harness.api import Api
from tests.harness.world import World
from tests.media import makers
from tests.media.test_uploads import Ann, pieces, until

HOUR = 3600.0


def sound(path: Path, seconds: float) -> Path:
    """A tone; an hour of it in few bytes, and `bare` without the header that tells its length."""
    low = ("-ar", "8000", "-ac", "1") if seconds == HOUR else ()
    return makers.tone(path, seconds, *low, *(("-write_xing", "0") if path.stem == "bare" else ()))


def film(path: Path, seconds: float) -> Path:
    """A picture with a running clock and a tone; for an hour a small one without a tone, once a second."""
    if seconds < HOUR:
        return makers.film(path, seconds)
    return makers.ffmpeg("-f", "lavfi", "-i", f"testsrc=size=64x48:rate=1:duration={seconds}", path=path)


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        *((name, seconds) for name in ("a.mp3", "bare.mp3", "a.m4a", "a.mp4", "a.mkv") for seconds in (3.3, 61.07)),
        ("a.mp3", HOUR),
        ("a.mp4", HOUR),
    ],
)
async def test_a_length_is_right(name: str, seconds: float, world: World, api: Api, tmp_path: Path) -> None:
    ann = Ann(world, api, await world.user())
    is_film = name.endswith(("mp4", "mkv"))
    path = await asyncio.to_thread(film if is_film else sound, tmp_path / name, seconds)
    purpose = pb2.MEDIA_PURPOSE_VIDEO if is_film else pb2.MEDIA_PURPOSE_AUDIO
    sent = (await ann.media.Upload(pieces(path.read_bytes(), pb2.UploadStart(purpose=purpose)))).media

    async def state() -> int:
        return int((await ann.media.GetMedia(media_id=sent.media_id)).media.state)

    await until(state, media_pb2.MEDIA_STATE_READY)
    found = (await ann.media.GetMedia(media_id=sent.media_id)).media
    assert found.duration_ms == pytest.approx(seconds * 1000, abs=50)
