"""The live room's plug."""

from cnt_grpc import live, media
from cnt_grpc.app.plug import Handlers, Plug, Servicers
from cnt_grpc.app.system import System
from cnt_grpc.pb.cnt.live.v1 import (
    broadcast_service,
    live_service,
    livekit_webhook_service,
    meeting_service,
    stage_service,
    stream_chat_service,
    voice_service,
)


def _serve(system: System) -> Servicers:
    studio, ws_url = system.studio, system.settings.livekit_ws_url
    return {
        live_service.SERVICE: live.LiveService(studio, ws_url, system.urls),
        stream_chat_service.SERVICE: live.StreamChatService(system.stream_watch, live.Blocks(system.db), system.urls),
        stage_service.SERVICE: live.StageService(studio),
        broadcast_service.SERVICE: live.BroadcastService(studio, system.recorder),
        meeting_service.SERVICE: live.MeetingService(studio, ws_url, system.passwords),
        voice_service.SERVICE: live.VoiceService(studio, ws_url, system.talkers),
        livekit_webhook_service.SERVICE: live.LiveKitWebhookService(studio),
    }


def _work(system: System) -> Handlers:
    return live.LiveJobs(
        system.studio.rooms if system.studio else None, media.Workshop(system.storage, system.limits)
    ).handlers


LIVE = Plug(
    services=(
        live_service.SERVICE,
        stream_chat_service.SERVICE,
        stage_service.SERVICE,
        broadcast_service.SERVICE,
        meeting_service.SERVICE,
        voice_service.SERVICE,
        livekit_webhook_service.SERVICE,
    ),
    serve=_serve,
    work=_work,
    periodic=live.PERIODIC,
    holder=live.HOLDER,
    reportable=live.reportable,
    searched=(live.Streams(),),
    figures=live.FIGURES,
)
