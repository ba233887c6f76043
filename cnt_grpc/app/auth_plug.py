"""The auth room's plug. Its jobs need the holders of all rooms: rooms.py builds them."""

from cnt_grpc import auth
from cnt_grpc.app.plug import Plug, Servicers
from cnt_grpc.app.system import System
from cnt_grpc.pb.cnt.auth.v1 import auth_service, user_service


def _serve(system: System) -> Servicers:
    return {
        auth_service.SERVICE: auth.AuthService(system.tokens, system.passwords, system.google),
        user_service.SERVICE: auth.UserService(system.avatars, system.passwords, system.vault),
    }


AUTH = Plug(
    services=(auth_service.SERVICE, user_service.SERVICE),
    serve=_serve,
    periodic=auth.PERIODIC,
    holder=auth.HOLDER,
    figures=auth.FIGURES,
)
