"""What LiveKitWebhookService answers."""

import hashlib
from dataclasses import dataclass

from livekit.protocol.webhook import WebhookEvent

from cnt_grpc.kit import inbox
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.live import work
from cnt_grpc.live.rules.joining import Studio, required
from cnt_grpc.pb.cnt.live.v1 import livekit_webhook_service
from cnt_grpc.pb.cnt.live.v1 import livekit_webhook_service_pb2 as pb2
from cnt_grpc.pb.cnt.live.v1.jobs_pb2 import HandleLiveKitEvent
from cnt_grpc.pb.cnt.live.v1.reason import Reason
from livekit import api


@dataclass(frozen=True, slots=True)
class LiveKitWebhookService(livekit_webhook_service.Servicer):
    """Takes LiveKit's events."""

    studio: Studio | None

    async def ReceiveLiveKitEvent(
        self, request: pb2.ReceiveLiveKitEventRequest, call: Call
    ) -> pb2.ReceiveLiveKitEventResponse:
        live = required(self.studio)
        body = request.event.data
        event = _verified(live, body, call.metadata.get("authorization", ""))
        await inbox.receive(
            call.tx,
            "livekit",
            # An event without an id is known by its bytes.
            event.id or hashlib.sha256(body).hexdigest(),
            body=body,
            job=work.HANDLE_EVENT,
            payload=lambda inbox_id: HandleLiveKitEvent(inbox_id=inbox_id),
        )
        return pb2.ReceiveLiveKitEventResponse()


def _verified(live: Studio, body: bytes, token: str) -> WebhookEvent:
    """The event, if LiveKit signed these bytes a moment ago. Raises Invalid."""
    receiver = api.WebhookReceiver(api.TokenVerifier(live.minter.key, live.minter.secret))
    try:
        return receiver.receive(body.decode(), token)
    except Exception as error:
        # Its library raises bare exceptions for a wrong hash, and whatever its parsers raise.
        raise Invalid(Reason.LIVEKIT_SIGNATURE_INVALID) from error
