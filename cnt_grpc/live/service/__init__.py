"""What the services of the live room answer."""

from cnt_grpc.live.service.broadcasts import BroadcastService
from cnt_grpc.live.service.chat import StreamChatService
from cnt_grpc.live.service.meetings import MeetingService
from cnt_grpc.live.service.stage import StageService
from cnt_grpc.live.service.streams import LiveService
from cnt_grpc.live.service.voice import VoiceService
from cnt_grpc.live.service.webhooks import LiveKitWebhookService

__all__ = [
    "BroadcastService",
    "LiveKitWebhookService",
    "LiveService",
    "MeetingService",
    "StageService",
    "StreamChatService",
    "VoiceService",
]
