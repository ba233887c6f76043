"""The plug board: settings → kit → rooms → server or worker. The only place that knows all rooms.

A new room adds its services, its jobs and what it offers to lower rooms here, and nothing else has to be touched.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from prometheus_client.registry import REGISTRY

from cnt_grpc import auth, content, http, media, migrate, moderation
from cnt_grpc.auth import jobs as auth_jobs
from cnt_grpc.kit import housekeeping, seal
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.events import EventBus, PostgresBus
from cnt_grpc.kit.identity import Identity
from cnt_grpc.kit.jobs import Handler, Job
from cnt_grpc.kit.nats_bus import NatsBus
from cnt_grpc.kit.pipeline import Pipeline
from cnt_grpc.kit.policy import Method, methods_of
from cnt_grpc.kit.server import GrpcServer
from cnt_grpc.kit.telemetry import configure_logs
from cnt_grpc.kit.worker import Periodic, Worker
from cnt_grpc.media import jobs as media_jobs
from cnt_grpc.media.jobs import MediaJobs
from cnt_grpc.media.local import LocalStorage
from cnt_grpc.media.probing import Prober
from cnt_grpc.media.purposes import Limits
from cnt_grpc.media.removal import Remover
from cnt_grpc.media.service import MediaService
from cnt_grpc.media.uploads import Intake
from cnt_grpc.notification import inbox, outbox
from cnt_grpc.notification import jobs as notification_jobs
from cnt_grpc.notification.dispatcher import Dispatcher
from cnt_grpc.notification.service import NotificationService
from cnt_grpc.pb.cnt.auth.v1 import auth_service, user_service
from cnt_grpc.pb.cnt.content.v1 import content_service
from cnt_grpc.pb.cnt.media.v1 import media_service
from cnt_grpc.pb.cnt.moderation.v1 import moderation_service
from cnt_grpc.pb.cnt.notification.v1 import notification_service
from cnt_grpc.refusal import Refusal
from cnt_grpc.settings import Settings

SERVICES = (
    auth_service.SERVICE,
    user_service.SERVICE,
    media_service.SERVICE,
    notification_service.SERVICE,
    moderation_service.SERVICE,
    content_service.SERVICE,
)


@dataclass(frozen=True, slots=True)
class System:
    """What servers and workers share: the outside world, opened once a process."""

    settings: Settings
    db: Database
    bus: EventBus
    storage: LocalStorage
    limits: Limits
    urls: media.Urls
    dispatcher: Dispatcher
    tokens: auth.Tokens
    passwords: auth.Passwords

    def servicers(self) -> Mapping[str, object]:
        """Every room's services, by full name."""
        return {
            auth_service.SERVICE: auth.AuthService(self.tokens, self.passwords),
            user_service.SERVICE: auth.UserService(_Avatars(self.urls)),
            media_service.SERVICE: MediaService(Intake(self.storage, self.limits), self.urls),
            notification_service.SERVICE: NotificationService(self.dispatcher),
            moderation_service.SERVICE: moderation.ModerationService(moderation.Kinds(content.moderated_kinds)),
            content_service.SERVICE: content.ContentService(self.urls),
        }

    def job_handlers(self) -> Mapping[Job[Any], Handler]:
        """Every room's jobs."""
        files = MediaJobs(Prober(self.storage, self.limits), Remover(self.storage))
        return {
            **auth_jobs.HANDLERS,
            auth.TELL_SECURITY_EVENT: notification_jobs.tell_security_event,
            outbox.TELL_MANY: notification_jobs.tell_many,
            media_jobs.PROBE: files.probe,
            media_jobs.DISCARD: files.discard,
            media_jobs.SWEEP: files.sweep,
            **housekeeping.HANDLERS,
        }

    def periodic(self) -> tuple[Periodic, ...]:
        """What the clock starts."""
        return (*housekeeping.PERIODIC, *auth_jobs.PERIODIC, *media_jobs.PERIODIC)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[System]:
    """The system on these settings; everything that it opened is closed when the block ends."""
    seal.configure(settings.secret_key.get_secret_value())
    async with AsyncExitStack() as stack:
        size = settings.database_pool_size
        db = await Database.open(settings.dsn, writers=size, readers=size)
        stack.push_async_callback(db.close)
        bus: EventBus = NatsBus(settings.event_bus_url) if settings.event_bus_url else PostgresBus(db)
        db.bus = bus
        await bus.start()
        stack.push_async_callback(bus.close)
        storage = LocalStorage(settings.media_dir)
        passwords = auth.Passwords()
        stack.callback(passwords.close)
        dispatcher = inbox.dispatcher(db, bus)
        stack.push_async_callback(dispatcher.close)
        yield System(
            settings=settings,
            db=db,
            bus=bus,
            storage=storage,
            limits=_limits(settings),
            urls=media.Urls(settings.cloudfront_url or f"{settings.public_url}/media", storage),
            dispatcher=dispatcher,
            tokens=_tokens(settings),
            passwords=passwords,
        )


class Server:
    """One server process: the gRPC server, and the plain-HTTP side beside it."""

    def __init__(self, system: System) -> None:
        self.pipeline = Pipeline(
            system.db, Identity(auth.Sessions(system.db)), trusted_hops=system.settings.trusted_hops
        )
        self._system = system
        self._grpc = GrpcServer(self.pipeline, system.servicers())

    async def start(self, host: str, grpc_port: int, side_port: int) -> tuple[int, int]:
        """Listen; port 0 is any free one. Returns both ports. Raises Refusal when the schema is not current."""
        if not await migrate.is_current(self._system.settings.dsn):
            raise Refusal("The database's schema is not current: run `cnt-grpc migrate`.")
        self.pipeline.metrics.register()
        shelf = media.Shelf(self._system.db, self._system.storage)
        self._side = await http.serve(
            http.make_app(ready=self._problem, metrics=REGISTRY, shelf=shelf), host, side_port
        )
        return await self._grpc.start(f"{host}:{grpc_port}"), self._side.addresses[0][1]

    async def stop(self) -> None:
        """Let everyone finish; within 30 s."""
        await self._grpc.stop()
        await self._side.cleanup()
        self.pipeline.metrics.unregister()

    async def _problem(self) -> str:
        """What keeps this process from working; it was started on a current schema, so only an outage can."""
        if self.pipeline.stopping.is_set():
            return "stopping"
        return "" if self._grpc.reaches_database else "the database does not answer"


async def run_server(
    settings: Settings, *, grpc_port: int, side_port: int, ready: Callable[[], None] | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is called when both ports listen."""
    _configure(settings)
    stop = _stop_signal()
    async with opened(settings) as system:
        server = Server(system)
        await server.start(settings.cnt_grpc_host, grpc_port, side_port)
        if ready is not None:
            ready()
        await stop.wait()
        await server.stop()


async def run_worker(settings: Settings) -> None:
    """Run jobs until SIGTERM or SIGINT."""
    _configure(settings)
    stop = _stop_signal()
    async with opened(settings) as system:
        await Worker(system.db, system.job_handlers(), periodic=system.periodic()).run(stop)


async def seed(settings: Settings) -> None:
    """Put in what a new database needs; in the embedded default also people to sign in as."""
    _configure(settings)
    async with opened(settings) as system, system.db.transaction() as tx:
        await content.seed(tx)
        if settings.is_embedded:
            await auth.create_demo_people(tx)


def routes() -> list[Method]:
    """Every method of every room, in the order of rooms."""
    return [method for service in SERVICES for method in methods_of(service)]


@dataclass(frozen=True, slots=True)
class _Avatars:
    """auth's port to whoever keeps the pictures of people."""

    urls: media.Urls

    def url(self, avatar_key: str) -> str:
        return self.urls.public(avatar_key)

    async def let_go(self, tx: Tx, user_id: int) -> None:
        await media.release(tx, "avatar", str(user_id))


def _stop_signal() -> asyncio.Event:
    """Set by SIGTERM and SIGINT: what runs then ends in order."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _configure(settings: Settings) -> None:
    configure_logs(settings.log_level.upper(), as_json=settings.is_production)


def _limits(settings: Settings) -> Limits:
    mb = 1000 * 1000
    return Limits(
        bytes_of={
            media.Kind.AUDIO: settings.media_max_audio_mb * mb,
            media.Kind.VIDEO: settings.media_max_video_mb * mb,
            media.Kind.IMAGE: settings.media_max_image_mb * mb,
            media.Kind.DOCUMENT: settings.media_max_document_mb * mb,
        },
        pixels=settings.media_max_image_megapixels * 1_000_000,
        quota=settings.media_quota_gb * 1000 * mb,
    )


def _tokens(settings: Settings) -> auth.Tokens:
    return auth.Tokens(
        access_lifetime=timedelta(minutes=settings.access_token_expire_minutes),
        refresh_lifetime=timedelta(days=settings.refresh_token_expire_days),
        rotates=settings.refresh_token_rotation,
    )
