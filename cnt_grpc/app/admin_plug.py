"""The admin room's plug."""

from cnt_grpc import admin
from cnt_grpc.app.plug import Plug, Servicers
from cnt_grpc.app.system import System
from cnt_grpc.pb.cnt.admin.v1 import admin_service


def _serve(system: System) -> Servicers:
    return {admin_service.SERVICE: admin.AdminService(system.urls)}


ADMIN = Plug(services=(admin_service.SERVICE,), serve=_serve)
