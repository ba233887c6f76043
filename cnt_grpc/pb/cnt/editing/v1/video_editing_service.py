# Generated from cnt/editing/v1/video_editing_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.editing.v1.VideoEditingService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.editing.v1 import video_editing_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.editing.v1.VideoEditingService"


class Servicer(Protocol):
    """Each method is an edit of one step, on a film that is stored here or comes along, waited for 60 seconds at most. Not over
    gRPC-Web, which cannot stream from the client: CreateEdit does the same. A second try with the same header
    idempotency-key, a UUID, begins no second edit: it waits for the first one.
    """

    __slots__ = ()

    @abstractmethod
    async def TrimVideo(self, requests: AsyncIterator[pb2.TrimVideoRequest], call: Call) -> pb2.TrimVideoResponse:
        """Keeps a part of a film, exactly.
        Anyone signed in with a real account. MEDIA_NOT_FOUND, MEDIA_NOT_READY, MEDIA_WRONG_KIND; TOO_MANY_EDITS; of
        a file that comes along MEDIA_TYPE_REFUSED, MEDIA_UNREADABLE, UPLOAD_EMPTY, FILE_TOO_LARGE, MEDIA_QUOTA_EXCEEDED,
        STORAGE_FULL; MALFORMED for a form or JSON that cannot be read.
        """
        ...

    @abstractmethod
    async def RemoveVideoAudio(self, requests: AsyncIterator[pb2.RemoveVideoAudioRequest], call: Call) -> pb2.RemoveVideoAudioResponse:
        """Takes the sound out of a film.
        Anyone signed in with a real account. The reasons of TrimVideo.
        """
        ...

    @abstractmethod
    async def AddVideoAudio(self, requests: AsyncIterator[pb2.AddVideoAudioRequest], call: Call) -> pb2.AddVideoAudioResponse:
        """Mixes a sound into a film; its own stays audible.
        Anyone signed in with a real account. The reasons of TrimVideo.
        """
        ...

    @abstractmethod
    async def ReplaceVideoAudio(self, requests: AsyncIterator[pb2.ReplaceVideoAudioRequest], call: Call) -> pb2.ReplaceVideoAudioResponse:
        """Puts a sound in place of a film's own; the picture keeps its length.
        Anyone signed in with a real account. The reasons of TrimVideo.
        """
        ...

    @abstractmethod
    async def AddTextOverlays(self, requests: AsyncIterator[pb2.AddTextOverlaysRequest], call: Call) -> pb2.AddTextOverlaysResponse:
        """Writes words on a film.
        Anyone signed in with a real account. The reasons of TrimVideo.
        """
        ...

    @abstractmethod
    async def ApplyFilters(self, requests: AsyncIterator[pb2.ApplyFiltersRequest], call: Call) -> pb2.ApplyFiltersResponse:
        """Changes a film's light: brightness, contrast and saturation at once.
        Anyone signed in with a real account. The reasons of TrimVideo.
        """
        ...

    @abstractmethod
    async def RotateVideo(self, requests: AsyncIterator[pb2.RotateVideoRequest], call: Call) -> pb2.RotateVideoResponse:
        """Turns a film clockwise.
        Anyone signed in with a real account. The reasons of TrimVideo.
        """
        ...
