# Generated from cnt/media/v1/media_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.media.v1.MediaService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cnt_grpc.kit.call import Call

SERVICE: Final = "cnt.media.v1.MediaService"


class Servicer(Protocol):
    """Takes files in and says what became of them. The bytes travel in pieces of 1 MiB at most and go to the store as they
    come. The type is read from the bytes, never from the name. A file is private until something that uses it is
    published; what nothing uses is removed after a day.
    """

    __slots__ = ()

    @abstractmethod
    async def UploadAudio(self, requests: AsyncIterator[pb2.UploadAudioRequest], call: Call) -> pb2.UploadAudioResponse:
        """Takes a sound file: mp3, wav, webm, m4a, aac, flac or ogg, 500 MB unless set otherwise. The body is multipart with
        the file in the field `file`, or the file itself. Waits up to 10 seconds until the file is examined; after that the
        state is MEDIA_STATE_PROBING, and GetMedia tells the rest.
        Anyone signed in with a real account. MEDIA_TYPE_REFUSED, MEDIA_UNREADABLE, UPLOAD_EMPTY; FILE_TOO_LARGE,
        MEDIA_QUOTA_EXCEEDED; STORAGE_FULL; MALFORMED for a multipart body that breaks off or breaks the rules.
        """
        ...

    @abstractmethod
    async def UploadVideo(self, requests: AsyncIterator[pb2.UploadVideoRequest], call: Call) -> pb2.UploadVideoResponse:
        """Takes a film: mp4, webm, mov or mkv, 5 GB unless set otherwise, and makes a thumbnail of it (at 45 seconds or a
        tenth of its length, whichever is less). Otherwise like UploadAudio.
        Anyone signed in with a real account. The reasons of UploadAudio.
        """
        ...

    @abstractmethod
    async def UploadImage(self, requests: AsyncIterator[pb2.UploadImageRequest], call: Call) -> pb2.UploadImageResponse:
        """Takes a picture: jpeg, png, webp or gif, 20 MB and 50 megapixels unless set otherwise. It is drawn anew, upright,
        without the place and camera that the original may name; what is stored differs from what was sent. Otherwise like
        UploadAudio.
        Anyone signed in with a real account. The reasons of UploadAudio.
        """
        ...

    @abstractmethod
    async def Upload(self, requests: AsyncIterator[pb2.UploadRequest], call: Call) -> pb2.UploadResponse:
        """Takes a file of any kind from a gRPC client: first what it is, then its bytes. Not over gRPC-Web, which cannot
        stream from the client. Waits like UploadAudio.
        Anyone signed in with a real account. The reasons of UploadAudio; UPLOAD_DIFFERS when the bytes are not those
        declared.
        """
        ...

    @abstractmethod
    async def GetMedia(self, request: pb2.GetMediaRequest, call: Call) -> pb2.GetMediaResponse:
        """Shows a media object of one's own, whatever its state.
        Anyone signed in with a real account. MEDIA_NOT_FOUND.
        """
        ...
