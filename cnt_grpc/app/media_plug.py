"""The media room's plug."""

from cnt_grpc.app.plug import Handlers, Plug, Servicers
from cnt_grpc.app.system import System
from cnt_grpc.media import jobs
from cnt_grpc.media.jobs import MediaJobs
from cnt_grpc.media.mending import Mender
from cnt_grpc.media.moving import Mover
from cnt_grpc.media.privacy import HOLDER
from cnt_grpc.media.probing import Prober
from cnt_grpc.media.reception import Reception
from cnt_grpc.media.removal import Remover
from cnt_grpc.media.resumable import Resumable
from cnt_grpc.media.service import MediaService
from cnt_grpc.media.upload_service import UploadService
from cnt_grpc.pb.cnt.media.v1 import media_service, upload_service


def _serve(system: System) -> Servicers:
    reception = Reception(system.intake)
    return {
        media_service.SERVICE: MediaService(reception, system.urls),
        upload_service.SERVICE: UploadService(Resumable(reception.intake), reception, system.urls),
    }


def _work(system: System) -> Handlers:
    store, limits = system.storage, system.limits
    return MediaJobs(Prober(store, limits), Remover(store), Mover(store), Mender(store, limits)).handlers


MEDIA = Plug(
    services=(media_service.SERVICE, upload_service.SERVICE),
    serve=_serve,
    work=_work,
    periodic=jobs.PERIODIC,
    holder=HOLDER,
)
