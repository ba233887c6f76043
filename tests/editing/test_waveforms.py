"""Waveforms: as loud as the file is, where it is; found out once."""

from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.editing.making import peaking
from cnt_grpc.editing.making.peaking import Peaks
from cnt_grpc.media import ffmpeg
from cnt_grpc.media.sniff import Kind
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2
from tests.editing import studio
from tests.editing.examples import film_of
from tests.harness.api import Api
from tests.harness.world import World


async def test_peaks_are_where_it_is_loud(world: World, api: Api) -> None:
    ann = await world.user()
    graph = "sine=frequency=440:duration=6:sample_rate=48000,volume='lt(t,2)+0.25*gt(t,4)':eval=frame"
    sound = await studio.drawn(world, ann, graph, Kind.AUDIO, "steps.wav")
    found = await api.as_(ann).editing.GetWaveform(media_id=sound, points=60)
    assert found.state == edit_pb2.EDIT_STATE_DONE
    assert found.duration_ms == 6000
    peaks = list(found.peaks)
    assert len(peaks) == 60
    # A sine of FFmpeg is an eighth of full scale.
    assert all(peak == pytest.approx(32, abs=3) for peak in peaks[1:19])
    assert all(peak < 2 for peak in peaks[22:38])
    assert all(peak == pytest.approx(8, abs=2) for peak in peaks[42:59])
    assert len((await api.as_(ann).editing.GetWaveform(media_id=sound)).peaks) == pytest.approx(120, abs=1)


async def test_it_is_found_out_once(world: World, api: Api) -> None:
    ann = await world.user()
    film = await studio.film(world, ann, 2)
    first = await api.as_(ann).editing.GetWaveform(media_id=film)
    again = await api.as_(ann).editing.GetWaveform(media_id=film)
    assert list(first.peaks) == list(again.peaks) != []
    async with world.db.transaction() as tx:
        [jobs] = await tx.raw(
            "SELECT count(*) AS n FROM jobs WHERE owner_id = $1 AND kind = 'editing.waveform'", ann.id
        )
    assert jobs["n"] == 1


async def test_a_film_without_sound_has_none(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    silent = await studio.film(world, ann, 1, "-an", name="silent.mp4")
    refused = await api.as_(ann).editing.GetWaveform(media_id=silent).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    assert refused.fields == ["media_id"]
    theirs = await film_of(world, bob)
    await api.as_(ann).editing.GetWaveform(media_id=theirs).fails(StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND")


def test_pieces_of_any_size_give_the_same_peaks() -> None:
    samples = b"".join(value.to_bytes(2, "little", signed=True) for value in range(-4000, 4000))
    found = []
    for size in (1, 7, 1000, len(samples)):
        peaks = Peaks(1.0)
        for start in range(0, len(samples), size):
            peaks.hear(samples[start : start + size])
        found.append(peaks.end())
    assert len(set(found)) == 1
    assert len(found[0]) == 20


async def test_a_file_that_cannot_be_read_is_tried_once(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await world.user()
    sound = await studio.tone(world, ann, 1)
    plain, tries = peaking.peaks, 0

    async def broken(workshop: Any, db: Any, media_id: int, stop: Any) -> bytes | None:
        nonlocal tries
        if media_id != sound:
            return await plain(workshop, db, media_id, stop)
        tries += 1
        raise ffmpeg.FfmpegError(1, "Invalid data found when processing input")

    monkeypatch.setattr(peaking, "peaks", broken)
    for _ in range(3):
        found = await api.as_(ann).editing.GetWaveform(media_id=sound)
        assert (found.state, list(found.peaks)) == (edit_pb2.EDIT_STATE_FAILED, [])
    assert tries == 1
