"""The editing room's plug."""

from cnt_grpc import editing
from cnt_grpc.app.plug import Handlers, Plug, Servicers
from cnt_grpc.app.system import System
from cnt_grpc.pb.cnt.editing.v1 import editing_service


def _serve(system: System) -> Servicers:
    return {editing_service.SERVICE: editing.EditingService(system.urls, system.settings.edits_at_once)}


def _work(system: System) -> Handlers:
    return editing.EditingJobs(system.workshop, system.settings.edits_at_once).handlers


EDITING = Plug(
    services=(editing_service.SERVICE,),
    serve=_serve,
    work=_work,
    periodic=editing.PERIODIC,
    holder=editing.HOLDER,
)
