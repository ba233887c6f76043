"""Edits of one step in one call: by ids, as JSON, and with the files in a form."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from google.api.httpbody_pb2 import HttpBody
from grpc import StatusCode

from cnt_grpc.media import ffmpeg
from cnt_grpc.pb.cnt.editing.v1 import audio_editing_service_pb2 as audio
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2
from cnt_grpc.pb.cnt.editing.v1 import video_editing_service_pb2 as video
from tests.editing import studio
from tests.editing.examples import film_of
from tests.harness.api import Api
from tests.harness.world import Person, World
from tests.media import makers


def form(**fields: str | Path) -> HttpBody:
    """A multipart form, as browsers send it."""
    pieces = []
    for name, value in fields.items():
        file = f'; filename="{value.name}"\r\ncontent-type: application/octet-stream' if isinstance(value, Path) else ""
        data = value.read_bytes() if isinstance(value, Path) else value.encode()
        pieces.append(f'--sep\r\ncontent-disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + data)
    return HttpBody(content_type="multipart/form-data; boundary=sep", data=b"\r\n".join([*pieces, b"--sep--\r\n"]))


def as_json(**fields: Any) -> HttpBody:
    """A body in JSON."""
    return HttpBody(content_type="application/json", data=json.dumps(fields).encode())


async def result_of(world: World, api: Api, reply: Any) -> studio.Look:
    """What a reply's result holds."""
    assert reply.state == edit_pb2.EDIT_STATE_DONE, reply.error
    assert reply.url
    edit = (await api.editing.GetEdit(edit_id=reply.job_id)).edit
    assert (edit.progress.result.media_id, edit.progress.result.file_path) == (reply.media_id, reply.path)
    return await studio.look(world, edit.progress.result)


async def test_a_sound_in_a_form_comes_back_cut(world: World, api: Api) -> None:
    ann = await world.user()
    path = makers.tone(world.folder / "sermon.mp3", 3)
    request = audio.TrimAudioRequest(body=form(audio_file=path, start_time="0.5", end_time="2"))
    reply = await api.as_(ann).audio_editing.TrimAudio([request])
    found = await result_of(world, api.as_(ann), reply)
    assert found.sound_seconds() == pytest.approx(1.5, abs=0.1)
    assert reply.duration == pytest.approx(1.5, abs=0.1)
    assert reply.filename == "sermon.mp3"


async def test_sounds_of_several_formats_in_a_form_are_joined(world: World, api: Api) -> None:
    ann = await world.user()
    body = HttpBody(content_type="multipart/form-data; boundary=sep")
    for name in ("one.mp3", "two.wav", "three.webm"):
        part = form(audio_files=makers.tone(world.folder / name, 1))
        body.data += part.data.removesuffix(b"--sep--\r\n")
    body.data += b"--sep--\r\n"
    reply = await api.as_(ann).audio_editing.MergeAudio([audio.MergeAudioRequest(body=body)])
    found = await result_of(world, api.as_(ann), reply)
    assert found.sound_seconds() == pytest.approx(3, abs=0.15)


async def test_both_fades_by_json(world: World, api: Api) -> None:
    ann = await world.user()
    sound = await studio.tone(world, ann, 3)
    body = as_json(media_id=str(sound), fade_in_duration=1, fade_out_duration=1)
    reply = await api.as_(ann).audio_editing.FadeInOutAudio([audio.FadeInOutAudioRequest(body=body)])
    heard = (await result_of(world, api.as_(ann), reply)).sound()
    assert studio.level(heard[:4000]) < studio.level(heard[len(heard) // 2 :][:4000]) - 15
    assert studio.level(heard[-4000:]) < studio.level(heard[len(heard) // 2 :][:4000]) - 15


@pytest.mark.parametrize("said", ["application/x-www-form-urlencoded", "text/plain", ""])
async def test_json_is_read_whatever_it_is_called(world: World, api: Api, said: str) -> None:
    """`curl -d` calls everything a form of the web."""
    ann = await world.user()
    film = await film_of(world, ann)
    body = as_json(media_id=film, degrees=90, wait=False)
    body.content_type = said
    reply = await api.as_(ann).video_editing.RotateVideo([video.RotateVideoRequest(body=body)])
    assert reply.job_id
    nothing = video.RotateVideoRequest(body=HttpBody(content_type=said), media_id=film, degrees=90, wait=False)
    assert (await api.as_(ann).video_editing.RotateVideo([nothing])).job_id
    body.data = b"media_id=3&degrees=90"
    await (
        api.as_(ann)
        .video_editing.RotateVideo([video.RotateVideoRequest(body=body)])
        .fails(StatusCode.INVALID_ARGUMENT, "MALFORMED")
    )


@pytest.mark.parametrize("method", ["FadeInAudio", "FadeOutAudio"])
async def test_one_fade_by_message(world: World, api: Api, method: str) -> None:
    ann = await world.user()
    sound = await studio.tone(world, ann, 2)
    kind = {"FadeInAudio": audio.FadeInAudioRequest, "FadeOutAudio": audio.FadeOutAudioRequest}[method]
    request = kind(media_id=sound, fade_duration=1)
    reply = await getattr(api.as_(ann).audio_editing, method)([request])
    heard = (await result_of(world, api.as_(ann), reply)).sound()
    edge = heard[:4000] if method == "FadeInAudio" else heard[-4000:]
    assert studio.level(edge) < studio.level(heard[len(heard) // 2 :][:4000]) - 10


async def test_a_film_in_a_form_gets_words_and_light(world: World, api: Api) -> None:
    ann = await world.user()
    path = makers.film(world.folder / "film.mp4", 1)
    words = json.dumps([{"text": "It's “so”: 100%", "start": 0, "end": 1, "y": 0.8}])
    request = video.AddTextOverlaysRequest(body=form(video_file=path, overlays_json=words))
    reply = await api.as_(ann).video_editing.AddTextOverlays([request])
    await result_of(world, api.as_(ann), reply)
    light = video.ApplyFiltersRequest(body=as_json(media_id=reply.media_id, saturation=0))
    second = await api.as_(ann).video_editing.ApplyFilters([light])
    found = await result_of(world, api.as_(ann), second)
    assert (found.picture(0.5).max(axis=2).astype(int) - found.picture(0.5).min(axis=2)).mean() < 8


async def test_the_other_steps_on_films(world: World, api: Api) -> None:
    ann = await world.user()
    mine = api.as_(ann).video_editing
    film, sound = await studio.film(world, ann, 2), await studio.tone(world, ann, 1, 1000)
    trimmed = await mine.TrimVideo([video.TrimVideoRequest(media_id=film, end_time=1)])
    assert trimmed.duration == pytest.approx(1, abs=0.1)
    bare = await mine.RemoveVideoAudio([video.RemoveVideoAudioRequest(media_id=film)])
    assert (await result_of(world, api.as_(ann), bare)).sounds == 0
    turned = await mine.RotateVideo([video.RotateVideoRequest(media_id=film, degrees=90)])
    assert (await result_of(world, api.as_(ann), turned)).size == (240, 320)
    mixed = await mine.AddVideoAudio([video.AddVideoAudioRequest(media_id=film, audio_media_id=sound)])
    heard = (await result_of(world, api.as_(ann), mixed)).sound()
    assert studio.pitch_level(heard[4800:43200], 440) > -25
    assert studio.pitch_level(heard[4800:43200], 1000) > -25
    other = await mine.ReplaceVideoAudio([video.ReplaceVideoAudioRequest(media_id=film, audio_media_id=sound)])
    assert studio.pitch_level((await result_of(world, api.as_(ann), other)).sound(), 440) < -60


async def test_what_is_not_waited_for_is_under_way(world: World, api: Api) -> None:
    ann = await world.user()
    film = await studio.film(world, ann, 2)
    reply = await api.as_(ann).video_editing.RotateVideo(
        [video.RotateVideoRequest(media_id=film, degrees=180, wait=False)]
    )
    assert reply.state == edit_pb2.EDIT_STATE_RUNNING
    assert reply.job_id
    assert not reply.media_id
    last = [each async for each in api.as_(ann).editing.WatchEdit(edit_id=reply.job_id, timeout=100)][-1]
    assert last.progress.state == edit_pb2.EDIT_STATE_DONE


async def test_fields_at_fault_are_called_as_the_caller_calls_them(world: World, api: Api) -> None:
    ann = await world.user()
    mine = api.as_(ann)
    film, sound = await studio.film(world, ann, 1), await studio.tone(world, ann, 1)
    refused = await mine.audio_editing.TrimAudio(
        [audio.TrimAudioRequest(media_id=sound, start_time=0, end_time=9)]
    ).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    assert refused.fields == ["end_time"]
    refused = await mine.audio_editing.FadeInOutAudio(
        [audio.FadeInOutAudioRequest(media_id=sound, fade_in_duration=0.5, fade_out_duration=2)]
    ).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    assert refused.fields == ["fade_out_duration"]
    refused = await mine.audio_editing.TrimAudio(
        [audio.TrimAudioRequest(body=as_json(media_id=sound, start_time="NaN"))]
    ).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    assert "start_time" in refused.fields
    refused = await mine.video_editing.AddTextOverlays(
        [video.AddTextOverlaysRequest(media_id=film, overlays_json="[{")]
    ).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    assert refused.fields == ["overlays_json"]
    refused = await mine.video_editing.RotateVideo([video.RotateVideoRequest(media_id=sound, degrees=90)]).fails(
        StatusCode.INVALID_ARGUMENT, "INVALID"
    )
    assert refused.fields == ["media_id"]
    refused = await mine.video_editing.RotateVideo([video.RotateVideoRequest(degrees=90)]).fails(
        StatusCode.INVALID_ARGUMENT, "INVALID"
    )
    assert refused.fields == ["media_id"]


async def test_another_persons_sound_cannot_be_joined(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    mine, theirs = await studio.tone(world, ann, 1), await studio.tone(world, bob, 1)
    for foreign in (theirs, 2**62):
        await (
            api.as_(ann)
            .audio_editing.MergeAudio([audio.MergeAudioRequest(media_ids=[mine, foreign])])
            .fails(StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND")
        )


async def test_films_and_sounds_in_forms(world: World, api: Api) -> None:
    """As the clients of the field send them: the film and its new sound in one form."""
    ann = await world.user()
    mine = api.as_(ann).video_editing
    film = await studio.made_once(world.folder / f"{ann.id}-a.mp4", "form", lambda path: makers.film(path, 1))
    sound = world.folder / f"{ann.id}-a.ogg"
    makers.ffmpeg("-f", "lavfi", "-i", "sine=frequency=1000:duration=1:sample_rate=48000", path=sound)
    both = form(video_file=film, audio_file=sound)
    mixed = await mine.AddVideoAudio([video.AddVideoAudioRequest(body=both)])
    heard = (await result_of(world, api.as_(ann), mixed)).sound()
    assert studio.pitch_level(heard[4800:43200], 440) > -25
    assert studio.pitch_level(heard[4800:43200], 1000) > -25
    other = await mine.ReplaceVideoAudio([video.ReplaceVideoAudioRequest(body=both)])
    assert studio.pitch_level((await result_of(world, api.as_(ann), other)).sound(), 440) < -60
    trimmed = await mine.TrimVideo([video.TrimVideoRequest(body=form(video_file=film, end_time="0.5"))])
    assert trimmed.duration == pytest.approx(0.5, abs=0.1)
    turned = await mine.RotateVideo([video.RotateVideoRequest(body=form(video_file=film, degrees="270"))])
    assert (await result_of(world, api.as_(ann), turned)).size == (240, 320)
    bare = await mine.RemoveVideoAudio([video.RemoveVideoAudioRequest(body=form(video_file=film))])
    assert (await result_of(world, api.as_(ann), bare)).sounds == 0


async def test_whoever_has_waited_long_enough_is_told_that_it_runs(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await world.user()
    film = await studio.film(world, ann, 2)
    over = asyncio.Event()
    plain = ffmpeg.run

    async def held(*arguments: Any, **options: Any) -> str:
        await over.wait()
        return await plain(*arguments, **options)

    monkeypatch.setattr(ffmpeg, "run", held)
    monkeypatch.setattr("cnt_grpc.editing.shorthands.PATIENCE", 0.2)
    reply = await api.as_(ann).video_editing.RotateVideo([video.RotateVideoRequest(media_id=film, degrees=180)])
    assert (reply.state, reply.media_id) == (edit_pb2.EDIT_STATE_RUNNING, 0)
    over.set()
    last = [each async for each in api.as_(ann).editing.WatchEdit(edit_id=reply.job_id, timeout=100)][-1]
    assert last.progress.state == edit_pb2.EDIT_STATE_DONE


async def test_the_same_call_again_is_the_same_edit(world: World, api: Api) -> None:
    """By the header, since the body is a form: whoever lost the answer sends all of it again."""
    ann, bob = await world.users(2)
    path, other = makers.tone(world.folder / f"{ann.id}-1.mp3", 1), makers.tone(world.folder / f"{ann.id}-2.mp3", 2)
    key = str(uuid4())

    def asked(who: Person, file: Path, end: str) -> Any:
        request = audio.TrimAudioRequest(body=form(audio_file=file, end_time=end, wait="false"))
        return api.with_(idempotency_key=key).as_(who).audio_editing.TrimAudio([request])

    first = await asked(ann, path, "0.5")
    assert (await asked(ann, path, "0.5")).job_id == first.job_id
    assert (await asked(bob, path, "0.5")).job_id != first.job_id
    await asked(ann, path, "0.6").fails(StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")
    await asked(ann, other, "0.5").fails(StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")
    key = "no uuid"
    refused = await asked(ann, path, "0.5").fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    assert refused.fields == ["idempotency-key"]
    assert len((await api.as_(ann).editing.ListEdits()).edits) == 1
