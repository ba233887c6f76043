"""The content room's plug."""

from cnt_grpc import content
from cnt_grpc.app.plug import Handlers, Plug, Servicers
from cnt_grpc.app.system import System
from cnt_grpc.pb.cnt.content.v1 import artist_service, content_service, library_service


def _serve(system: System) -> Servicers:
    return {
        content_service.SERVICE: content.ContentService(system.urls),
        artist_service.SERVICE: content.ArtistService(system.urls, _site(system)),
        library_service.SERVICE: content.LibraryService(system.urls),
    }


def _site(system: System) -> content.Site:
    return content.Site(system.settings.public_url, system.settings.frontend_url)


def _work(system: System) -> Handlers:
    return content.ContentJobs(system.workshop).handlers


async def _furnish(system: System) -> None:
    await content.furnish(system.db, system.workshop, system.settings.seed_bible_pdf)


CONTENT = Plug(
    services=(content_service.SERVICE, artist_service.SERVICE, library_service.SERVICE),
    serve=_serve,
    work=_work,
    periodic=content.PERIODIC,
    kinds=content.moderated_kinds,
    reportable=content.moderated_kinds,
    searched=content.searched,
    seed=content.seed,
    furnish=_furnish,
    holder=content.HOLDER,
    figures=content.FIGURES,
)
