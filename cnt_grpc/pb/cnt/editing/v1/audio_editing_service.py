# Generated from cnt/editing/v1/audio_editing_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.editing.v1.AudioEditingService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.editing.v1 import audio_editing_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.editing.v1.AudioEditingService"


class Servicer(Protocol):
    """Each method is an edit of one step, on a sound that is stored here or comes along, waited for 60 seconds at most. Not over
    gRPC-Web, which cannot stream from the client: CreateEdit does the same. A second try with the same header
    idempotency-key, a UUID, begins no second edit: it waits for the first one.
    """

    __slots__ = ()

    @abstractmethod
    async def TrimAudio(self, requests: AsyncIterator[pb2.TrimAudioRequest], call: Call) -> pb2.TrimAudioResponse:
        """Keeps a part of a sound, exactly.
        Anyone signed in with a real account. MEDIA_NOT_FOUND, MEDIA_NOT_READY, MEDIA_WRONG_KIND; TOO_MANY_EDITS; of
        a file that comes along MEDIA_TYPE_REFUSED, MEDIA_UNREADABLE, UPLOAD_EMPTY, FILE_TOO_LARGE, MEDIA_QUOTA_EXCEEDED,
        STORAGE_FULL; MALFORMED for a form or JSON that cannot be read.
        """
        ...

    @abstractmethod
    async def MergeAudio(self, requests: AsyncIterator[pb2.MergeAudioRequest], call: Call) -> pb2.MergeAudioResponse:
        """Puts sounds behind each other, whatever their formats.
        Anyone signed in with a real account. The reasons of TrimAudio.
        """
        ...

    @abstractmethod
    async def FadeInAudio(self, requests: AsyncIterator[pb2.FadeInAudioRequest], call: Call) -> pb2.FadeInAudioResponse:
        """Lets a sound rise from silence.
        Anyone signed in with a real account. The reasons of TrimAudio.
        """
        ...

    @abstractmethod
    async def FadeOutAudio(self, requests: AsyncIterator[pb2.FadeOutAudioRequest], call: Call) -> pb2.FadeOutAudioResponse:
        """Lets a sound fall to silence.
        Anyone signed in with a real account. The reasons of TrimAudio.
        """
        ...

    @abstractmethod
    async def FadeInOutAudio(self, requests: AsyncIterator[pb2.FadeInOutAudioRequest], call: Call) -> pb2.FadeInOutAudioResponse:
        """Lets a sound rise at its beginning and fall at its end.
        Anyone signed in with a real account. The reasons of TrimAudio.
        """
        ...
