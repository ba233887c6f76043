"""The servicer of UploadService."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.rpc import httpbody
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.kit.rpc.multipart import file_name
from cnt_grpc.media import messages
from cnt_grpc.media.arrival import Standing
from cnt_grpc.media.reception import Reception, purpose_of
from cnt_grpc.media.resumable import Resumable
from cnt_grpc.media.uploads import Declared
from cnt_grpc.media.urls import Urls
from cnt_grpc.pb.cnt.media.v1 import upload_service
from cnt_grpc.pb.cnt.media.v1 import upload_service_pb2 as pb2


@dataclass(frozen=True, slots=True)
class UploadService(upload_service.Servicer):
    """Uploads in several goes."""

    resumable: Resumable
    reception: Reception
    urls: Urls

    async def CreateUpload(self, request: pb2.CreateUploadRequest, call: Call) -> pb2.CreateUploadResponse:
        purpose = purpose_of(request.purpose, call.caller)
        thumbnail = request.generate_thumbnail or not request.HasField("generate_thumbnail")
        declared = Declared(file_name(request.filename), request.size, bytes.fromhex(request.sha256), thumbnail)
        standing = await self.resumable.begin(call.db, call.caller.user_id, purpose, request.content_type, declared)
        return pb2.CreateUploadResponse(upload=self._message(standing))

    async def PutUpload(self, requests: AsyncIterator[pb2.PutUploadRequest], call: Call) -> pb2.PutUploadResponse:
        first, body = await httpbody.receive(requests, lambda each: each.piece)
        if body.kind == "multipart":
            raise Invalid.of("piece", "the body is the bytes themselves, not a form")
        file = await body.file("piece")
        standing = await self.resumable.put(call.db, call.caller.user_id, first.upload_id, first.offset, aiter(file))
        return pb2.PutUploadResponse(received=standing.received, size=standing.row["size"])

    async def GetUpload(self, request: pb2.GetUploadRequest, call: Call) -> pb2.GetUploadResponse:
        standing = await self.resumable.standing(call.db, call.caller.user_id, request.upload_id)
        return pb2.GetUploadResponse(upload=self._message(standing))

    async def CompleteUpload(self, request: pb2.CompleteUploadRequest, call: Call) -> pb2.CompleteUploadResponse:
        media_id, job = await self.resumable.complete(call.db, call.caller.user_id, request.upload_id)
        row, variants = await self.reception.examined(call, media_id, job)
        return pb2.CompleteUploadResponse(media=messages.media(row, variants, self.urls))

    async def DeleteUpload(self, request: pb2.DeleteUploadRequest, call: Call) -> pb2.DeleteUploadResponse:
        await self.resumable.abandon(call.db, call.caller.user_id, request.upload_id)
        return pb2.DeleteUploadResponse()

    def _message(self, standing: Standing) -> pb2.Upload:
        return messages.upload(standing, self.resumable.places(standing))
