"""The servicer of MediaService."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TypeVar

from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.rpc import httpbody
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.kit.rpc.multipart import file_name
from cnt_grpc.media import messages, rules, stills, templates
from cnt_grpc.media.purposes import (
    AUDIO,
    DOCUMENT,
    DRAFT_AUDIO,
    DRAFT_IMAGE,
    DRAFT_VIDEO,
    IMAGE,
    MOVIE,
    PROFILE_IMAGE,
    TEMPORARY_AUDIO,
    THUMBNAIL,
    VIDEO,
    Purpose,
    movie_purpose,
)
from cnt_grpc.media.reception import Reception, purpose_of
from cnt_grpc.media.uploads import Declared
from cnt_grpc.media.urls import Urls
from cnt_grpc.pb.cnt.media.v1 import media_service
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2

_FromBody = TypeVar(
    "_FromBody",
    pb2.UploadAudioRequest,
    pb2.UploadVideoRequest,
    pb2.UploadImageRequest,
    pb2.UploadProfileImageRequest,
    pb2.UploadThumbnailRequest,
    pb2.UploadTemporaryAudioRequest,
    pb2.UploadMovieRequest,
    pb2.UploadDocumentRequest,
    pb2.UploadDraftAudioRequest,
    pb2.UploadDraftVideoRequest,
    pb2.UploadDraftImageRequest,
)
_Answer = TypeVar(
    "_Answer",
    pb2.UploadAudioResponse,
    pb2.UploadVideoResponse,
    pb2.UploadImageResponse,
    pb2.UploadProfileImageResponse,
    pb2.UploadThumbnailResponse,
    pb2.UploadTemporaryAudioResponse,
    pb2.UploadMovieResponse,
    pb2.UploadDocumentResponse,
    pb2.UploadDraftAudioResponse,
    pb2.UploadDraftVideoResponse,
    pb2.UploadDraftImageResponse,
)


@dataclass(frozen=True, slots=True)
class MediaService(media_service.Servicer):
    """Uploads, and what became of them."""

    reception: Reception
    urls: Urls

    async def UploadAudio(self, requests: AsyncIterator[pb2.UploadAudioRequest], call: Call) -> pb2.UploadAudioResponse:
        return await self._take_body(requests, call, AUDIO, pb2.UploadAudioResponse)

    async def UploadVideo(self, requests: AsyncIterator[pb2.UploadVideoRequest], call: Call) -> pb2.UploadVideoResponse:
        return await self._take_body(requests, call, VIDEO, pb2.UploadVideoResponse)

    async def UploadImage(self, requests: AsyncIterator[pb2.UploadImageRequest], call: Call) -> pb2.UploadImageResponse:
        return await self._take_body(requests, call, IMAGE, pb2.UploadImageResponse)

    async def UploadProfileImage(
        self, requests: AsyncIterator[pb2.UploadProfileImageRequest], call: Call
    ) -> pb2.UploadProfileImageResponse:
        return await self._take_body(requests, call, PROFILE_IMAGE, pb2.UploadProfileImageResponse)

    async def UploadThumbnail(
        self, requests: AsyncIterator[pb2.UploadThumbnailRequest], call: Call
    ) -> pb2.UploadThumbnailResponse:
        return await self._take_body(requests, call, THUMBNAIL, pb2.UploadThumbnailResponse)

    async def UploadTemporaryAudio(
        self, requests: AsyncIterator[pb2.UploadTemporaryAudioRequest], call: Call
    ) -> pb2.UploadTemporaryAudioResponse:
        return await self._take_body(requests, call, TEMPORARY_AUDIO, pb2.UploadTemporaryAudioResponse)

    async def UploadMovie(self, requests: AsyncIterator[pb2.UploadMovieRequest], call: Call) -> pb2.UploadMovieResponse:
        return await self._take_body(requests, call, MOVIE, pb2.UploadMovieResponse)

    async def UploadDocument(
        self, requests: AsyncIterator[pb2.UploadDocumentRequest], call: Call
    ) -> pb2.UploadDocumentResponse:
        return await self._take_body(requests, call, DOCUMENT, pb2.UploadDocumentResponse)

    async def UploadDraftAudio(
        self, requests: AsyncIterator[pb2.UploadDraftAudioRequest], call: Call
    ) -> pb2.UploadDraftAudioResponse:
        return await self._take_body(requests, call, DRAFT_AUDIO, pb2.UploadDraftAudioResponse)

    async def UploadDraftVideo(
        self, requests: AsyncIterator[pb2.UploadDraftVideoRequest], call: Call
    ) -> pb2.UploadDraftVideoResponse:
        return await self._take_body(requests, call, DRAFT_VIDEO, pb2.UploadDraftVideoResponse)

    async def UploadDraftImage(
        self, requests: AsyncIterator[pb2.UploadDraftImageRequest], call: Call
    ) -> pb2.UploadDraftImageResponse:
        return await self._take_body(requests, call, DRAFT_IMAGE, pb2.UploadDraftImageResponse)

    async def Upload(self, requests: AsyncIterator[pb2.UploadRequest], call: Call) -> pb2.UploadResponse:
        start = await anext(requests, pb2.UploadRequest())
        if not start.HasField("start"):
            raise Invalid.of("start", "the first message says what comes", "required")
        first = start.start
        declared = Declared(file_name(first.filename), first.size, first.sha256)
        purpose = purpose_of(first.purpose, call.caller)
        row, variants = await self.reception.take(call, purpose, _rest(requests), declared)
        return pb2.UploadResponse(media=messages.media(row, variants, self.urls))

    async def GetMedia(self, request: pb2.GetMediaRequest, call: Call) -> pb2.GetMediaResponse:
        row = await rules.own_media(call.tx, call.caller, request.media_id)
        variants = await rules.variants(call.tx, row["id"])
        return pb2.GetMediaResponse(media=messages.media(row, variants, self.urls))

    async def GetMediaDuration(self, request: pb2.GetMediaDurationRequest, call: Call) -> pb2.GetMediaDurationResponse:
        length = await rules.duration_ms(call.tx, call.caller, self.urls.key_of(request.path))
        return pb2.GetMediaDurationResponse(duration=messages.seconds(length), duration_ms=length)

    async def ListDefaultThumbnails(
        self,
        request: pb2.ListDefaultThumbnailsRequest,  # noqa: ARG002
        call: Call,  # noqa: ARG002
    ) -> pb2.ListDefaultThumbnailsResponse:
        thumbnails = [pb2.DefaultThumbnail(file_path=key, url=self.urls.public(key)) for key in templates.KEYS]
        return pb2.ListDefaultThumbnailsResponse(thumbnails=thumbnails)

    async def GenerateThumbnail(
        self, request: pb2.GenerateThumbnailRequest, call: Call
    ) -> pb2.GenerateThumbnailResponse:
        key, quota = self.urls.key_of(request.video_url), self.reception.intake.limits.quota
        at_ms = round(request.timestamp * 1000)
        media_id, job = await call.db.transact(
            lambda tx: stills.ask(tx, call.caller, quota, at_ms, film_id=request.media_id, key=key)
        )
        row, _ = await self.reception.examined(call, media_id, job)
        return messages.still(row, self.urls)

    async def _take_body(
        self, requests: AsyncIterator[_FromBody], call: Call, purpose: Purpose, answer: type[_Answer]
    ) -> _Answer:
        first, body = await httpbody.receive(requests, lambda each: each.file)
        if isinstance(first, pb2.UploadMovieRequest):
            purpose = movie_purpose(first.movie_type)
        file = await body.file("file")
        declared = Declared(file.filename or file_name(first.filename), thumbnail=_wants_thumbnail(first))
        row, variants = await self.reception.take(call, purpose, aiter(file), declared)
        return messages.uploaded(answer, row, variants, self.urls)


def _wants_thumbnail(request: _FromBody) -> bool:
    if isinstance(request, pb2.UploadVideoRequest | pb2.UploadMovieRequest | pb2.UploadDraftVideoRequest):
        return request.generate_thumbnail or not request.HasField("generate_thumbnail")
    return False


async def _rest(requests: AsyncIterator[pb2.UploadRequest]) -> AsyncIterator[bytes]:
    async for request in requests:
        if request.HasField("start"):
            raise Invalid.of("start", "only the first message starts an upload")
        yield request.piece
