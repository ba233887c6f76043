# Generated from cnt/live/v1/broadcast_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.live.v1.BroadcastService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.live.v1 import broadcast_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.live.v1.BroadcastService"


class Servicer(Protocol):
    """How picture and sound come into a stream beside LiveKit's own clients, and how they are kept."""

    __slots__ = ()

    @abstractmethod
    async def CreateIngress(self, request: pb2.CreateIngressRequest, call: Call) -> pb2.CreateIngressResponse:
        """Opens a way in for a studio's software, by RTMP or WHIP, and answers its key: now and never again. Doing so again gives a
        new key, and the one before opens nothing.
        Its host. STREAM_NOT_FOUND; LIVE_NOT_CONFIGURED; STREAM_ENDED; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def GetIngress(self, request: pb2.GetIngressRequest, call: Call) -> pb2.GetIngressResponse:
        """The way in that is open, without its key.
        Its host. STREAM_NOT_FOUND; INGRESS_NOT_FOUND.
        """
        ...

    @abstractmethod
    async def DeleteIngress(self, request: pb2.DeleteIngressRequest, call: Call) -> pb2.DeleteIngressResponse:
        """Closes the way in. Closing none changes nothing.
        Its host. STREAM_NOT_FOUND; LIVE_NOT_CONFIGURED; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def StartRecording(self, request: pb2.StartRecordingRequest, call: Call) -> pb2.StartRecordingResponse:
        """Records a stream that is on air; once it is finished, the file is a video draft of its host.
        Its host. STREAM_NOT_FOUND; LIVE_NOT_CONFIGURED; RECORDING_NOT_CONFIGURED; STREAM_NOT_STARTED; STREAM_ENDED;
        ALREADY_RECORDING; PARTY_UNAVAILABLE.
        """
        ...

    @abstractmethod
    async def StopRecording(self, request: pb2.StopRecordingRequest, call: Call) -> pb2.StopRecordingResponse:
        """Ends the recording.
        Its host. STREAM_NOT_FOUND; LIVE_NOT_CONFIGURED; NOT_RECORDING; PARTY_UNAVAILABLE.
        """
        ...
