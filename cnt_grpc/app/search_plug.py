"""The search room's plug."""

from cnt_grpc import search
from cnt_grpc.app.plug import Handlers, Plug, Servicers
from cnt_grpc.app.system import System
from cnt_grpc.pb.cnt.search.v1 import search_service


def _serve(system: System) -> Servicers:
    return {search_service.SERVICE: search.SearchService(system.urls)}


def _work(_: System) -> Handlers:
    return search.HANDLERS


SEARCH = Plug(
    services=(search_service.SERVICE,),
    serve=_serve,
    work=_work,
    holder=search.HOLDER,
    searched=(search.People(),),
)
