"""The servicer of MediaService."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final, TypeVar

from cnt_grpc.kit import httpbody, jobs
from cnt_grpc.kit.call import Call
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.multipart import file_name
from cnt_grpc.media import messages, rules
from cnt_grpc.media.purposes import AUDIO, IMAGE, VIDEO, Purpose
from cnt_grpc.media.uploads import Declared, Intake
from cnt_grpc.media.urls import Urls
from cnt_grpc.pb.cnt.media.v1 import media_service
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2
from cnt_grpc.pb.cnt.media.v1.reason import Reason

PATIENCE: Final = 10.0
"""Seconds that an upload waits for its examination before it answers that it is under way."""

_PURPOSES: Final = {
    pb2.MEDIA_PURPOSE_AUDIO: AUDIO,
    pb2.MEDIA_PURPOSE_VIDEO: VIDEO,
    pb2.MEDIA_PURPOSE_IMAGE: IMAGE,
}

_FromBody = TypeVar("_FromBody", pb2.UploadAudioRequest, pb2.UploadVideoRequest, pb2.UploadImageRequest)


@dataclass(frozen=True, slots=True)
class MediaService(media_service.Servicer):
    """Uploads, and what became of them."""

    intake: Intake
    urls: Urls

    async def UploadAudio(self, requests: AsyncIterator[pb2.UploadAudioRequest], call: Call) -> pb2.UploadAudioResponse:
        row = await self._take_body(requests, call, AUDIO)
        return messages.uploaded(pb2.UploadAudioResponse, row, self.urls)

    async def UploadVideo(self, requests: AsyncIterator[pb2.UploadVideoRequest], call: Call) -> pb2.UploadVideoResponse:
        row = await self._take_body(requests, call, VIDEO)
        return messages.uploaded(pb2.UploadVideoResponse, row, self.urls)

    async def UploadImage(self, requests: AsyncIterator[pb2.UploadImageRequest], call: Call) -> pb2.UploadImageResponse:
        row = await self._take_body(requests, call, IMAGE)
        return messages.uploaded(pb2.UploadImageResponse, row, self.urls)

    async def Upload(self, requests: AsyncIterator[pb2.UploadRequest], call: Call) -> pb2.UploadResponse:
        start = await anext(requests, pb2.UploadRequest())
        if not start.HasField("start"):
            raise Invalid.of("start", "the first message says what comes", "required")
        first = start.start
        declared = Declared(file_name(first.filename), first.size, first.sha256)
        row = await self._take(call, _PURPOSES[first.purpose], _rest(requests), declared)
        return pb2.UploadResponse(media=messages.media(row, self.urls))

    async def GetMedia(self, request: pb2.GetMediaRequest, call: Call) -> pb2.GetMediaResponse:
        row = await rules.own_media(call.tx, call.caller, request.media_id)
        return pb2.GetMediaResponse(media=messages.media(row, self.urls))

    async def _take_body(self, requests: AsyncIterator[_FromBody], call: Call, purpose: Purpose) -> Row:
        first, body = await httpbody.receive(requests, lambda each: each.file)
        file = await body.file("file")
        declared = Declared(file.filename or file_name(first.filename), thumbnail=_wants_thumbnail(first))
        return await self._take(call, purpose, aiter(file), declared)

    async def _take(self, call: Call, purpose: Purpose, pieces: AsyncIterator[bytes], declared: Declared) -> Row:
        row, job = await self.intake.take(call.db, call.caller.user_id, purpose, pieces, declared)
        assert call.db.bus is not None, "a server hears of jobs by it"
        await jobs.wait(call.db, call.db.bus, job, PATIENCE)
        async with call.db.reading() as tx:
            row = await rules.own_media(tx, call.caller, row["id"])
        if row["state"] == "failed":
            raise Invalid(Reason.MEDIA_UNREADABLE, f"the file is unusable: {row['failure']}", media_id=row["id"])
        return row


def _wants_thumbnail(request: _FromBody) -> bool:
    if isinstance(request, pb2.UploadVideoRequest):
        return request.generate_thumbnail or not request.HasField("generate_thumbnail")
    return False


async def _rest(requests: AsyncIterator[pb2.UploadRequest]) -> AsyncIterator[bytes]:
    async for request in requests:
        if request.HasField("start"):
            raise Invalid.of("start", "only the first message starts an upload")
        yield request.piece
