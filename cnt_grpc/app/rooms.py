"""Every room's plug, in the order of rooms, and what they come to together."""

from collections.abc import Awaitable, Callable

from cnt_grpc import admin, auth, media, moderation, search
from cnt_grpc.app.admin_plug import ADMIN
from cnt_grpc.app.auth_plug import AUTH
from cnt_grpc.app.community_plug import COMMUNITY
from cnt_grpc.app.content_plug import CONTENT
from cnt_grpc.app.editing_plug import EDITING
from cnt_grpc.app.live_plug import LIVE
from cnt_grpc.app.media_plug import MEDIA
from cnt_grpc.app.notification_plug import NOTIFICATION
from cnt_grpc.app.payment_plug import PAYMENT
from cnt_grpc.app.plug import Handlers, Plug, Servicers
from cnt_grpc.app.search_plug import SEARCH
from cnt_grpc.app.system import System
from cnt_grpc.kit import housekeeping
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.figures import Figure
from cnt_grpc.pb.cnt.admin.v1 import admin_service
from cnt_grpc.pb.cnt.moderation.v1 import moderation_service, report_service


def _moderation(_: System) -> Servicers:
    reportable = moderation.Reportables([moderation.People(), *REPORTABLE])
    return {
        moderation_service.SERVICE: moderation.ModerationService(moderation.Kinds(KINDS)),
        report_service.SERVICE: moderation.ReportService(reportable),
    }


def _admin(system: System) -> Servicers:
    kinds = sorted(kind.name for kind in KINDS)
    return {admin_service.SERVICE: admin.AdminService(system.urls, FIGURES, kinds)}


def _admin_jobs(system: System) -> admin.AdminJobs:
    return admin.AdminJobs(FIGURES, admin.Copier(system.drive_accounts(), media.Resumable(system.intake)))


ROOMS = (
    AUTH,
    MEDIA,
    NOTIFICATION,
    Plug(
        services=(moderation_service.SERVICE, report_service.SERVICE),
        serve=_moderation,
        holder=moderation.HOLDER,
        figures=moderation.FIGURES,
    ),
    SEARCH,
    CONTENT,
    COMMUNITY,
    EDITING,
    LIVE,
    PAYMENT,
    ADMIN,
    Plug(services=(admin_service.SERVICE,), serve=_admin),
)

SERVICES = tuple(service for room in ROOMS for service in room.services)
KINDS: tuple[moderation.Kind, ...] = tuple(kind for room in ROOMS for kind in room.kinds)
"""Every kind of thing that moderators decide on."""
REPORTABLE: tuple[moderation.Reportable, ...] = tuple(kind for room in ROOMS for kind in room.reportable)
"""Every kind of thing that people report, besides people."""
SEARCHED: tuple[search.Source, ...] = tuple(source for room in ROOMS for source in room.searched)
"""Every kind of thing that can be found."""
FIGURES: tuple[Figure, ...] = tuple(figure for room in ROOMS for figure in room.figures)
"""Every room's numbers for administrators."""
PERIODIC = (*housekeeping.PERIODIC, *(job for room in ROOMS for job in room.periodic))
"""What the clock starts."""


def holders(system: System) -> tuple[auth.Holder, ...]:
    """Every room that holds something about people, in the order of rooms."""
    held = (room.hold(system) if room.hold else room.holder for room in ROOMS)
    return tuple(holder for holder in held if holder is not None)


def servicers(system: System) -> Servicers:
    """Every room's services, by full name."""
    return {name: servicer for room in ROOMS for name, servicer in room.serve(system).items()}


def handlers(system: System) -> Handlers:
    """What does every room's jobs. The jobs that work for all rooms stand here."""
    leaving = auth.AuthJobs(system.google, system.avatars, system.vault, holders(system))
    own = {job: handler for room in ROOMS for job, handler in room.work(system).items()}
    return {**housekeeping.HANDLERS, **leaving.handlers, **_admin_jobs(system).handlers, **own}


def seeds() -> tuple[Callable[[Tx], Awaitable[None]], ...]:
    """What every room puts into a new database."""
    return tuple(room.seed for room in ROOMS if room.seed is not None)


def furnishers() -> tuple[Callable[[System], Awaitable[None]], ...]:
    """What puts every room's files into a new platform."""
    return tuple(room.furnish for room in ROOMS if room.furnish is not None)
