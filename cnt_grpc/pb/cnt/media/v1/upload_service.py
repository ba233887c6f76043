# Generated from cnt/media/v1/upload_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.media.v1.UploadService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.media.v1 import upload_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.media.v1.UploadService"


class Servicer(Protocol):
    """Takes a file in as many goes as the connection needs: say what comes, send bytes from where it stands, ask where it
    stands, finish. What has come is kept, wherever a connection breaks; an upload that rests for a day is forgotten.
    """

    __slots__ = ()

    @abstractmethod
    async def CreateUpload(self, request: pb2.CreateUploadRequest, call: Call) -> pb2.CreateUploadResponse:
        """Begins an upload: its size counts against what the caller may store from now on. Where the store takes files
        itself, the answer also says where the first parts may be put directly; there GetUpload tells the further ones.
        Anyone signed in with a real account; documents only by administrators. MEDIA_TYPE_REFUSED for a type that the
        purpose does not take; FILE_TOO_LARGE, MEDIA_QUOTA_EXCEEDED; UPLOADS_TOO_MANY when the caller has a hundred under
        way; ROLE_MISSING; STORAGE_FULL.
        """
        ...

    @abstractmethod
    async def PutUpload(self, requests: AsyncIterator[pb2.PutUploadRequest], call: Call) -> pb2.PutUploadResponse:
        """Takes bytes from where the upload stands: the raw body, of any length up to what is missing. Bytes that came before
        the connection broke are kept.
        The one who began the upload. UPLOAD_NOT_FOUND; UPLOAD_OFFSET_WRONG with `received`, the offset to go on from;
        UPLOAD_DIFFERS for more bytes than were declared; MEDIA_TYPE_REFUSED when the first bytes are not of the declared
        type; UPLOAD_OVER when it is finished; STORAGE_FULL.
        """
        ...

    @abstractmethod
    async def GetUpload(self, request: pb2.GetUploadRequest, call: Call) -> pb2.GetUploadResponse:
        """Tells where an upload stands, and where its next parts may be put directly.
        The one who began the upload. UPLOAD_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def CompleteUpload(self, request: pb2.CompleteUploadRequest, call: Call) -> pb2.CompleteUploadResponse:
        """Finishes an upload: checks size, SHA-256 and type of what arrived, and answers like the uploads in one go, after 10
        seconds at most with a file that is still being examined. May be repeated for a day: the answer is the same file.
        What differs from what was declared is thrown away, and the upload with it.
        The one who began the upload. UPLOAD_NOT_FOUND; UPLOAD_INCOMPLETE with `received` when bytes are missing;
        UPLOAD_DIFFERS, MEDIA_TYPE_REFUSED, MEDIA_UNREADABLE; UPLOAD_BUSY while another call finishes it; STORAGE_FULL.
        """
        ...

    @abstractmethod
    async def DeleteUpload(self, request: pb2.DeleteUploadRequest, call: Call) -> pb2.DeleteUploadResponse:
        """Gives an upload up: what has come of it is removed. A file that it has already become stays.
        The one who began the upload. UPLOAD_NOT_FOUND; UPLOAD_BUSY while another call finishes it.
        """
        ...
