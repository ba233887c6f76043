"""The servicer of VideoEditingService."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from google.protobuf import json_format

from cnt_grpc.editing import forms
from cnt_grpc.editing.shorthands import Shorthands, Wanted
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.editing.v1 import operation_pb2 as steps
from cnt_grpc.pb.cnt.editing.v1 import video_editing_service
from cnt_grpc.pb.cnt.editing.v1 import video_editing_service_pb2 as pb2
from cnt_grpc.pb.cnt.editing.v1.operation_pb2 import Operation

_STEP = "operations[0]"


@dataclass(frozen=True, slots=True)
class VideoEditingService(video_editing_service.Servicer):
    """Edits of film in one step."""

    shorthands: Shorthands

    async def TrimVideo(self, requests: AsyncIterator[pb2.TrimVideoRequest], call: Call) -> pb2.TrimVideoResponse:
        request, form = await forms.read(requests, call, self.shorthands.reception)
        step = Operation(trim=steps.Trim(start=request.start_time, end=request.end_time))
        names = {f"{_STEP}.trim.start": "start_time", f"{_STEP}.trim.end": "end_time"}
        film = request.media_id or form.file("video_file")
        return await self.shorthands.make(
            call, request, Wanted(film, [step], names, form.digest), pb2.TrimVideoResponse
        )

    async def RemoveVideoAudio(
        self, requests: AsyncIterator[pb2.RemoveVideoAudioRequest], call: Call
    ) -> pb2.RemoveVideoAudioResponse:
        request, form = await forms.read(requests, call, self.shorthands.reception)
        film = request.media_id or form.file("video_file")
        step = Operation(remove_audio=steps.RemoveAudio())
        names = {f"{_STEP}.remove_audio": "media_id"}
        return await self.shorthands.make(
            call, request, Wanted(film, [step], names, form.digest), pb2.RemoveVideoAudioResponse
        )

    async def AddVideoAudio(
        self, requests: AsyncIterator[pb2.AddVideoAudioRequest], call: Call
    ) -> pb2.AddVideoAudioResponse:
        request, form = await forms.read(requests, call, self.shorthands.reception)
        film = request.media_id or form.file("video_file")
        sound = request.audio_media_id or form.file("audio_file")
        added = steps.AddAudio(media_id=sound, gain_db=request.gain_db, offset=request.offset)
        names = {f"{_STEP}.add_audio.media_id": "audio_media_id", f"{_STEP}.add_audio.": ""}
        step = Operation(add_audio=added)
        return await self.shorthands.make(
            call, request, Wanted(film, [step], names, form.digest), pb2.AddVideoAudioResponse
        )

    async def ReplaceVideoAudio(
        self, requests: AsyncIterator[pb2.ReplaceVideoAudioRequest], call: Call
    ) -> pb2.ReplaceVideoAudioResponse:
        request, form = await forms.read(requests, call, self.shorthands.reception)
        film = request.media_id or form.file("video_file")
        sound = request.audio_media_id or form.file("audio_file")
        step = Operation(replace_audio=steps.ReplaceAudio(media_id=sound, fit=request.fit))
        names = {f"{_STEP}.replace_audio.media_id": "audio_media_id", f"{_STEP}.replace_audio": "media_id"}
        return await self.shorthands.make(
            call, request, Wanted(film, [step], names, form.digest), pb2.ReplaceVideoAudioResponse
        )

    async def AddTextOverlays(
        self, requests: AsyncIterator[pb2.AddTextOverlaysRequest], call: Call
    ) -> pb2.AddTextOverlaysResponse:
        request, form = await forms.read(requests, call, self.shorthands.reception)
        film = request.media_id or form.file("video_file")
        overlays = [*request.overlays, *_overlays(request.overlays_json)]
        step = Operation(text_overlays=steps.TextOverlays(overlays=overlays))
        names = {f"{_STEP}.text_overlays.": ""}
        return await self.shorthands.make(
            call, request, Wanted(film, [step], names, form.digest), pb2.AddTextOverlaysResponse
        )

    async def ApplyFilters(
        self, requests: AsyncIterator[pb2.ApplyFiltersRequest], call: Call
    ) -> pb2.ApplyFiltersResponse:
        request, form = await forms.read(requests, call, self.shorthands.reception)
        film = request.media_id or form.file("video_file")
        filters = steps.Filters()
        for name in ("brightness", "contrast", "saturation"):
            if request.HasField(name):
                setattr(filters, name, getattr(request, name))
        names = {f"{_STEP}.filters.": "", f"{_STEP}.filters": "media_id"}
        step = Operation(filters=filters)
        return await self.shorthands.make(
            call, request, Wanted(film, [step], names, form.digest), pb2.ApplyFiltersResponse
        )

    async def RotateVideo(self, requests: AsyncIterator[pb2.RotateVideoRequest], call: Call) -> pb2.RotateVideoResponse:
        request, form = await forms.read(requests, call, self.shorthands.reception)
        film = request.media_id or form.file("video_file")
        step = Operation(rotate=steps.Rotate(degrees=request.degrees))
        names = {f"{_STEP}.rotate.degrees": "degrees", f"{_STEP}.rotate": "media_id"}
        return await self.shorthands.make(
            call, request, Wanted(film, [step], names, form.digest), pb2.RotateVideoResponse
        )


def _overlays(text: str) -> Sequence[steps.TextOverlay]:
    """The overlays of a form's field; raises Invalid for what is no list of them."""
    if not text.strip():
        return ()
    try:
        return json_format.Parse(f'{{"overlays": {text}}}', steps.TextOverlays(), max_recursion_depth=8).overlays
    except (json_format.ParseError, UnicodeError) as error:
        raise Invalid.of("overlays_json", f"it is no JSON list of overlays: {error}") from None
