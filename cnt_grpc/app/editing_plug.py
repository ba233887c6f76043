"""The editing room's plug."""

from cnt_grpc import editing, media
from cnt_grpc.app.plug import Handlers, Plug, Servicers
from cnt_grpc.app.system import System
from cnt_grpc.pb.cnt.editing.v1 import audio_editing_service, editing_service, video_editing_service


def _serve(system: System) -> Servicers:
    slots = system.settings.edits_at_once
    shorthands = editing.Shorthands(media.Reception(system.intake), system.urls, slots)
    return {
        editing_service.SERVICE: editing.EditingService(system.urls, slots),
        audio_editing_service.SERVICE: editing.AudioEditingService(shorthands),
        video_editing_service.SERVICE: editing.VideoEditingService(shorthands),
    }


def _work(system: System) -> Handlers:
    return editing.EditingJobs(system.workshop, system.settings.edits_at_once).handlers


EDITING = Plug(
    services=(editing_service.SERVICE, audio_editing_service.SERVICE, video_editing_service.SERVICE),
    serve=_serve,
    work=_work,
    periodic=editing.PERIODIC,
    holder=editing.HOLDER,
)
