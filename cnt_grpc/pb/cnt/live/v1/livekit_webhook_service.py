# Generated from cnt/live/v1/livekit_webhook_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.live.v1.LiveKitWebhookService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from cnt_grpc.pb.cnt.live.v1 import livekit_webhook_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.live.v1.LiveKitWebhookService"


class Servicer(Protocol):
    """Takes the events of LiveKit."""

    __slots__ = ()

    @abstractmethod
    async def ReceiveLiveKitEvent(self, request: pb2.ReceiveLiveKitEventRequest, call: Call) -> pb2.ReceiveLiveKitEventResponse:
        """Keeps an event of LiveKit and answers at once; a job asks LiveKit how its room stands, so that neither the order of events
        nor a repetition matters.
        LiveKit, by its signature. LIVEKIT_SIGNATURE_INVALID; LIVE_NOT_CONFIGURED.
        """
        ...
