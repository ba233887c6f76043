"""The admin room's plug; rooms.py builds what needs the figures and kinds of all rooms."""

from cnt_grpc import admin
from cnt_grpc.app.plug import Plug, Servicers
from cnt_grpc.app.system import System
from cnt_grpc.pb.cnt.admin.v1 import creator_application_service, drive_service


def _serve(system: System) -> Servicers:
    imports = admin.DriveImports(system.drive_accounts(), admin.enqueue_copy, system.limits)
    return {
        creator_application_service.SERVICE: admin.CreatorApplicationService(system.urls),
        drive_service.SERVICE: admin.DriveService(imports),
    }


ADMIN = Plug(
    services=(creator_application_service.SERVICE, drive_service.SERVICE),
    serve=_serve,
    periodic=admin.PERIODIC,
    holder=admin.HOLDER,
    figures=admin.FIGURES,
)
