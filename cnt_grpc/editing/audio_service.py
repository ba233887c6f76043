"""The servicer of AudioEditingService."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from cnt_grpc.editing import forms
from cnt_grpc.editing.shorthands import Shorthands, Wanted
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.editing.v1 import audio_editing_service
from cnt_grpc.pb.cnt.editing.v1 import audio_editing_service_pb2 as pb2
from cnt_grpc.pb.cnt.editing.v1.operation_pb2 import FadeIn, FadeOut, Merge, Operation, Trim

_STEP = "operations[0]"


@dataclass(frozen=True, slots=True)
class AudioEditingService(audio_editing_service.Servicer):
    """Edits of sound in one step."""

    shorthands: Shorthands

    async def TrimAudio(self, requests: AsyncIterator[pb2.TrimAudioRequest], call: Call) -> pb2.TrimAudioResponse:
        request, form = await forms.read(requests, call, self.shorthands.reception)
        step = Operation(trim=Trim(start=request.start_time, end=request.end_time))
        names = {f"{_STEP}.trim.start": "start_time", f"{_STEP}.trim.end": "end_time"}
        return await self.shorthands.make(
            call, request, Wanted(_sound(request, form), [step], names, form.digest), pb2.TrimAudioResponse
        )

    async def MergeAudio(self, requests: AsyncIterator[pb2.MergeAudioRequest], call: Call) -> pb2.MergeAudioResponse:
        request, form = await forms.read(requests, call, self.shorthands.reception)
        first, *rest = [*request.media_ids, *form.files.get("audio_files", []), *form.files.get("audio_file", [])] or [
            0
        ]
        if not rest:
            raise Invalid.of("media_ids", "two sounds at least", "repeated.min_items")
        step = Operation(merge=Merge(media_ids=rest, crossfade=request.crossfade))
        names = {f"{_STEP}.merge.": ""}
        return await self.shorthands.make(
            call, request, Wanted(first, [step], names, form.digest), pb2.MergeAudioResponse
        )

    async def FadeInAudio(self, requests: AsyncIterator[pb2.FadeInAudioRequest], call: Call) -> pb2.FadeInAudioResponse:
        request, form = await forms.read(requests, call, self.shorthands.reception)
        step = Operation(fade_in=FadeIn(duration=request.fade_duration))
        names = {f"{_STEP}.fade_in.duration": "fade_duration"}
        return await self.shorthands.make(
            call, request, Wanted(_sound(request, form), [step], names, form.digest), pb2.FadeInAudioResponse
        )

    async def FadeOutAudio(
        self, requests: AsyncIterator[pb2.FadeOutAudioRequest], call: Call
    ) -> pb2.FadeOutAudioResponse:
        request, form = await forms.read(requests, call, self.shorthands.reception)
        step = Operation(fade_out=FadeOut(duration=request.fade_duration))
        names = {f"{_STEP}.fade_out.duration": "fade_duration"}
        return await self.shorthands.make(
            call, request, Wanted(_sound(request, form), [step], names, form.digest), pb2.FadeOutAudioResponse
        )

    async def FadeInOutAudio(
        self, requests: AsyncIterator[pb2.FadeInOutAudioRequest], call: Call
    ) -> pb2.FadeInOutAudioResponse:
        request, form = await forms.read(requests, call, self.shorthands.reception)
        steps = [
            Operation(fade_in=FadeIn(duration=request.fade_in_duration)),
            Operation(fade_out=FadeOut(duration=request.fade_out_duration)),
        ]
        names = {
            "operations[0].fade_in.duration": "fade_in_duration",
            "operations[1].fade_out.duration": "fade_out_duration",
        }
        sound = _sound(request, form)
        return await self.shorthands.make(
            call, request, Wanted(sound, steps, names, form.digest), pb2.FadeInOutAudioResponse
        )


def _sound(
    request: pb2.TrimAudioRequest | pb2.FadeInAudioRequest | pb2.FadeOutAudioRequest | pb2.FadeInOutAudioRequest,
    form: forms.Form,
) -> int:
    return request.media_id or form.file("audio_file")
