"""The community room's plug."""

from cnt_grpc import community
from cnt_grpc.app.plug import Handlers, Plug, Servicers
from cnt_grpc.app.system import System
from cnt_grpc.pb.cnt.community.v1 import community_service, event_service, support_service


def _serve(system: System) -> Servicers:
    return {
        community_service.SERVICE: community.CommunityService(system.urls, system.post_watch),
        event_service.SERVICE: community.EventService(system.urls),
        support_service.SERVICE: community.SupportService(),
    }


def _work(system: System) -> Handlers:
    return {**community.HANDLERS, **community.QuoteJobs(system.workshop).handlers}


COMMUNITY = Plug(
    services=(community_service.SERVICE, event_service.SERVICE, support_service.SERVICE),
    serve=_serve,
    work=_work,
    periodic=community.PERIODIC,
    holder=community.HOLDER,
    kinds=community.moderated_kinds,
    reportable=community.reportable,
    searched=community.searched,
    figures=community.FIGURES,
)
