"""A valid call of every method of the editing room, for the laws that run over all methods."""

from typing import Any

from cnt_grpc import media
from cnt_grpc.editing.jobs import MAKE
from cnt_grpc.editing.messages import plans
from cnt_grpc.editing.queries import edits as queries
from cnt_grpc.editing.queries import runs, versions, waveforms
from cnt_grpc.editing.rules.edits import ref_of_version
from cnt_grpc.editing.rules.sources import ROOM
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.pb.cnt.editing.v1 import audio_editing_service, video_editing_service
from cnt_grpc.pb.cnt.editing.v1 import audio_editing_service_pb2 as audio
from cnt_grpc.pb.cnt.editing.v1 import video_editing_service_pb2 as video
from cnt_grpc.pb.cnt.editing.v1.editing_service import SERVICE
from cnt_grpc.pb.cnt.editing.v1.editing_service_pb2 import CreateEditRequest
from cnt_grpc.pb.cnt.editing.v1.operation_pb2 import Operation, Trim
from tests.harness.examples import Example, Fields, Foreign, Given, Pages
from tests.harness.world import Person, World
from tests.media import makers

IN_STEPS = {
    f"operations.{field}": "a foreign file is refused like one that nobody has: tests/editing/test_plans.py"
    for field in ("merge.media_ids", "add_audio.media_id", "replace_audio.media_id")
}


async def film_of(world: World, who: Person) -> int:
    """A film of this person's with sound, without bytes."""
    async with world.db.transaction() as tx:
        row = await makers.video(tx, who.id)
        await tx.raw("UPDATE media_objects SET codecs = 'h264,aac' WHERE id = $1", row["id"])
        return int(row["id"])


async def edit_of(world: World, who: Person, *, state: str = "failed", media_id: int = 0) -> int:
    """An edit of this person's that nobody makes."""
    film = media_id or await film_of(world, who)
    async with world.db.transaction() as tx:
        row = await tx.one(versions.version_of_file(), media=film, owner=who.id)
        history = row["history_id"] if row else await _history(tx, who, film)
        asked = CreateEditRequest(media_id=film, operations=[Operation(trim=Trim(start=1, end=2))])
        edit_id: int = await tx.value(
            queries.add_edit(),
            owner_id=who.id,
            history_id=history,
            made_of=0,
            media_id=film,
            plan=plans.packed(asked),
            created_at=clock.now(),
        )
        if state == "failed":
            await tx.run(
                runs.fail(),
                edit=edit_id,
                reason="EDIT_INTERRUPTED",
                message="",
                percent=0,
                attempts=1,
                started_at=clock.now(),
                finished_at=clock.now(),
            )
        else:
            # Begun tomorrow, so that no worker takes it for one that was lost on its way.
            [job] = await tx.raw(
                "INSERT INTO jobs (kind, owner_id, created_at) VALUES ($1, $2, now() + interval '1 day') RETURNING id",
                MAKE.kind,
                who.id,
            )
            await tx.run(queries.set_job(), edit=edit_id, job=job["id"])
    return edit_id


async def _history(tx: Tx, who: Person, film: int) -> int:
    history: int = await tx.value(versions.add_history(), owner=who.id)
    values: dict[str, Any] = {"history_id": history, "number": 0, "media_id": film, "edit_id": None, "made_of": 0}
    await tx.run(versions.add_version(), **values, created_at=clock.now())
    await media.use(tx, film, ROOM, ref_of_version(film))
    return history


async def own_film(world: World, who: Person) -> Fields:
    """A film, and what to do with it."""
    return {"media_id": await film_of(world, who), "operations": [{"trim": {"start": 1, "end": 2}}]}


async def failed(world: World, who: Person) -> Fields:
    """An edit that has failed."""
    return {"edit_id": await edit_of(world, who)}


async def waiting(world: World, who: Person) -> Fields:
    """An edit that waits for a worker that never comes."""
    return {"edit_id": await edit_of(world, who, state="open")}


async def original(world: World, who: Person) -> Fields:
    """An edit, and the original of its history."""
    return {"edit_id": await edit_of(world, who), "version": 0}


async def many(world: World, who: Person, number: int) -> Fields:
    """Edits of this person's."""
    for _ in range(number):
        await edit_of(world, who)
    return {}


async def many_versions(world: World, who: Person, number: int) -> Fields:
    """So many versions more in this person's one history."""
    async with world.db.transaction() as tx:
        known = await tx.raw("SELECT min(id) AS first FROM edits WHERE owner_id = $1", who.id)
    edit_id: int = known[0]["first"] or await edit_of(world, who)
    async with world.db.transaction() as tx:
        row = await tx.one(queries.own_edit_locked(), edit=edit_id, owner=who.id)
        assert row is not None
        for _ in range(number):
            newest = await tx.value(versions.next_number(), history=row["history_id"])
            file = await makers.video(tx, who.id)
            values: dict[str, Any] = {"history_id": row["history_id"], "number": newest, "media_id": file["id"]}
            await tx.run(versions.add_version(), **values, edit_id=edit_id, made_of=0, created_at=clock.now())
            await media.use(tx, file["id"], ROOM, ref_of_version(file["id"]))
    return {"edit_id": edit_id}


async def sound_of(world: World, who: Person) -> int:
    """A sound of this person's, without bytes."""
    async with world.db.transaction() as tx:
        return int((await makers.audio(tx, who.id))["id"])


def of_sound(kind: type[Any], **fields: Any) -> Given:
    """One message about a sound, whose edit is not waited for."""

    async def given(world: World, who: Person) -> Fields:
        return {"requests": [kind(media_id=await sound_of(world, who), wait=False, **fields)]}

    return given


def of_film(kind: type[Any], **fields: Any) -> Given:
    """One message about a film, likewise."""

    async def given(world: World, who: Person) -> Fields:
        return {"requests": [kind(media_id=await film_of(world, who), wait=False, **fields)]}

    return given


def with_sound(kind: type[Any]) -> Given:
    """One message about a film and a sound, likewise."""

    async def given(world: World, who: Person) -> Fields:
        film, sound = await film_of(world, who), await sound_of(world, who)
        return {"requests": [kind(media_id=film, audio_media_id=sound, wait=False)]}

    return given


async def two_sounds(world: World, who: Person) -> Fields:
    """Two sounds to be joined."""
    both = [await sound_of(world, who), await sound_of(world, who)]
    return {"requests": [audio.MergeAudioRequest(media_ids=both, wait=False)]}


async def heard(world: World, who: Person) -> Fields:
    """A sound whose peaks are known."""
    sound = await sound_of(world, who)
    async with world.db.transaction() as tx:
        await tx.run(waveforms.add_waveform(), media=sound, peaks=bytes(range(200)), now=clock.now())
    return {"media_id": sound}


A_SOUND = Foreign("media_id", sound_of, "MEDIA_NOT_FOUND")
A_FILM = Foreign("media_id", film_of, "MEDIA_NOT_FOUND")
OTHER_SOUND = Foreign("audio_media_id", sound_of, "MEDIA_NOT_FOUND")

HIDDEN = Foreign("edit_id", edit_of, "EDIT_NOT_FOUND")

SOUNDS = audio_editing_service.SERVICE
FILMS = video_editing_service.SERVICE

EXAMPLES = {
    f"{SOUNDS}/TrimAudio": Example(of_sound(audio.TrimAudioRequest, start_time=1, end_time=2), foreign=A_SOUND),
    f"{SOUNDS}/MergeAudio": Example(
        two_sounds, open_ids={"media_ids": "a foreign file is refused like one that nobody has: test_shorthands.py"}
    ),
    f"{SOUNDS}/FadeInAudio": Example(of_sound(audio.FadeInAudioRequest, fade_duration=1), foreign=A_SOUND),
    f"{SOUNDS}/FadeOutAudio": Example(of_sound(audio.FadeOutAudioRequest, fade_duration=1), foreign=A_SOUND),
    f"{SOUNDS}/FadeInOutAudio": Example(
        of_sound(audio.FadeInOutAudioRequest, fade_in_duration=1, fade_out_duration=1), foreign=A_SOUND
    ),
    f"{FILMS}/TrimVideo": Example(of_film(video.TrimVideoRequest, start_time=1, end_time=2), foreign=A_FILM),
    f"{FILMS}/RemoveVideoAudio": Example(of_film(video.RemoveVideoAudioRequest), foreign=A_FILM),
    f"{FILMS}/AddVideoAudio": Example(with_sound(video.AddVideoAudioRequest), foreign=(A_FILM, OTHER_SOUND)),
    f"{FILMS}/ReplaceVideoAudio": Example(with_sound(video.ReplaceVideoAudioRequest), foreign=(A_FILM, OTHER_SOUND)),
    f"{FILMS}/AddTextOverlays": Example(
        of_film(video.AddTextOverlaysRequest, overlays=[{"text": "Amen"}]), foreign=A_FILM
    ),
    f"{FILMS}/ApplyFilters": Example(of_film(video.ApplyFiltersRequest, brightness=0.1), foreign=A_FILM),
    f"{FILMS}/RotateVideo": Example(of_film(video.RotateVideoRequest, degrees=90), foreign=A_FILM),
    f"{SERVICE}/CreateEdit": Example(
        own_film, foreign=Foreign("media_id", film_of, "MEDIA_NOT_FOUND"), open_ids=IN_STEPS
    ),
    f"{SERVICE}/GetEdit": Example(failed, foreign=HIDDEN),
    f"{SERVICE}/ListEdits": Example(pages=Pages(many, "edits", key="edit_id")),
    f"{SERVICE}/CancelEdit": Example(waiting, foreign=HIDDEN),
    f"{SERVICE}/RetryEdit": Example(failed, foreign=HIDDEN),
    f"{SERVICE}/DeleteEdit": Example(failed, foreign=HIDDEN),
    f"{SERVICE}/WatchEdit": Example(failed, foreign=HIDDEN),
    f"{SERVICE}/ListEditVersions": Example(
        failed, foreign=HIDDEN, pages=Pages(many_versions, "versions", key="version")
    ),
    f"{SERVICE}/GetWaveform": Example(heard, foreign=A_SOUND),
    f"{SERVICE}/UseEditVersion": Example(original, foreign=HIDDEN),
}
