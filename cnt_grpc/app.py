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

from cnt_grpc import auth, content, http, media, migrate, moderation, notification
from cnt_grpc.kit import housekeeping, seal
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.events import EventBus, PostgresBus
from cnt_grpc.kit.identity import Identity
from cnt_grpc.kit.jobs import Handler, Job
from cnt_grpc.kit.nats_bus import NatsBus
from cnt_grpc.kit.pipeline import Pipeline
from cnt_grpc.kit.policy import Method, PolicyError, methods_of
from cnt_grpc.kit.server import GrpcServer
from cnt_grpc.kit.telemetry import configure_logs
from cnt_grpc.kit.worker import Periodic, Worker
from cnt_grpc.media import jobs as media_jobs
from cnt_grpc.media.avatars import Avatars
from cnt_grpc.media.jobs import MediaJobs
from cnt_grpc.media.local import LocalStorage
from cnt_grpc.media.private_files import PrivateFiles
from cnt_grpc.media.probing import Prober
from cnt_grpc.media.purposes import Limits
from cnt_grpc.media.reception import Reception
from cnt_grpc.media.removal import Remover
from cnt_grpc.media.resumable import Resumable
from cnt_grpc.media.service import MediaService
from cnt_grpc.media.storage import Storage
from cnt_grpc.media.upload_service import UploadService
from cnt_grpc.media.uploads import Intake
from cnt_grpc.notification import inbox
from cnt_grpc.notification import jobs as notification_jobs
from cnt_grpc.notification.dispatcher import Dispatcher
from cnt_grpc.pb.cnt.auth.v1 import auth_service, user_service
from cnt_grpc.pb.cnt.content.v1 import content_service
from cnt_grpc.pb.cnt.media.v1 import media_service, upload_service
from cnt_grpc.pb.cnt.moderation.v1 import moderation_service
from cnt_grpc.pb.cnt.notification.v1 import device_service, notification_service, unsubscribe_service
from cnt_grpc.refusal import Refusal
from cnt_grpc.settings import Settings

HOLDERS = (auth.HOLDER, notification.HOLDER)
"""Every room that holds something about people, in the order of rooms: its part of an export and of an erasure."""

SERVICES = (
    auth_service.SERVICE,
    user_service.SERVICE,
    media_service.SERVICE,
    upload_service.SERVICE,
    notification_service.SERVICE,
    device_service.SERVICE,
    unsubscribe_service.SERVICE,
    moderation_service.SERVICE,
    content_service.SERVICE,
)


@dataclass(frozen=True, slots=True)
class System:
    """What servers and workers share: the outside world, opened once a process."""

    settings: Settings
    db: Database
    bus: EventBus
    storage: Storage
    limits: Limits
    urls: media.Urls
    dispatcher: Dispatcher
    tokens: auth.Tokens
    passwords: auth.Passwords
    google: auth.GoogleApi
    mailer: notification.Mailer
    pusher: notification.Pusher | None

    def servicers(self) -> Mapping[str, object]:
        """Every room's services, by full name."""
        reception = Reception(Intake(self.storage, self.limits))
        return {
            auth_service.SERVICE: auth.AuthService(self.tokens, self.passwords, self.google),
            user_service.SERVICE: auth.UserService(self._avatars(), self.passwords, self._vault()),
            media_service.SERVICE: MediaService(reception, self.urls),
            upload_service.SERVICE: UploadService(Resumable(reception.intake), reception, self.urls),
            notification_service.SERVICE: notification.NotificationService(self.dispatcher),
            device_service.SERVICE: notification.DeviceService(),
            unsubscribe_service.SERVICE: notification.UnsubscribeService(),
            moderation_service.SERVICE: moderation.ModerationService(moderation.Kinds(content.moderated_kinds)),
            content_service.SERVICE: content.ContentService(self.urls),
        }

    def job_handlers(self) -> Mapping[Job[Any], Handler]:
        """Every room's jobs."""
        files = MediaJobs(Prober(self.storage, self.limits), Remover(self.storage))
        return {
            **auth.AuthJobs(self.google, self._avatars(), self._vault(), HOLDERS).handlers,
            **notification_jobs.HANDLERS,
            **notification.DeliveryJobs(self.mailer, self.pusher, self._letters()).handlers,
            media_jobs.PROBE: files.probe,
            media_jobs.STILL: files.still,
            media_jobs.DISCARD: files.discard,
            media_jobs.SWEEP: files.sweep,
            **content.ContentJobs(media.Workshop(self.storage)).handlers,
            **housekeeping.HANDLERS,
        }

    def google_redirect(self) -> auth.GoogleRedirect:
        """Signing in by Google on a plain web page."""
        callback = f"{self.settings.public_url}{http.GOOGLE_CALLBACK}"
        return auth.GoogleRedirect(self.db, self.google, callback, self.settings.frontend_url)

    def _avatars(self) -> Avatars:
        return Avatars(self.urls, Intake(self.storage, self.limits), self.bus)

    def _vault(self) -> PrivateFiles:
        return PrivateFiles(self.storage, self.urls)

    def _letters(self) -> notification.Letters:
        return notification.Letters(self.settings.public_url, self.settings.frontend_url)

    def periodic(self) -> tuple[Periodic, ...]:
        """What the clock starts."""
        return (
            *housekeeping.PERIODIC,
            *auth.PERIODIC,
            *media_jobs.PERIODIC,
            *notification_jobs.PERIODIC,
            *content.PERIODIC,
        )


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
        storage = _storage(settings)
        stack.callback(storage.close)
        passwords = auth.Passwords()
        stack.callback(passwords.close)
        google = _google(settings)
        stack.push_async_callback(google.close)
        pusher = _pusher(settings)
        if pusher is not None:
            stack.push_async_callback(pusher.close)
        mailer = _mailer(settings)
        if isinstance(mailer, notification.ResendMailer):
            stack.push_async_callback(mailer.close)
        dispatcher = inbox.dispatcher(db, bus)
        stack.push_async_callback(dispatcher.close)
        yield System(
            settings=settings,
            db=db,
            bus=bus,
            storage=storage,
            limits=_limits(settings),
            urls=media.Urls(_media_url(settings), storage),
            dispatcher=dispatcher,
            tokens=_tokens(settings),
            passwords=passwords,
            google=google,
            mailer=mailer,
            pusher=pusher,
        )


class Server:
    """One server process: the gRPC server, and the plain-HTTP side beside it."""

    def __init__(self, system: System) -> None:
        self.pipeline = Pipeline(
            system.db, Identity(auth.Sessions(system.db)), trusted_hops=system.settings.trusted_hops
        )
        self._system = system
        try:
            self._grpc = GrpcServer(self.pipeline, system.servicers())
        except PolicyError as error:
            raise Refusal(str(error)) from None

    async def start(self, host: str, grpc_port: int, side_port: int) -> tuple[int, int]:
        """Listen; port 0 is any free one. Returns both ports. Raises Refusal when the schema is not current."""
        if not await migrate.is_current(self._system.settings.dsn):
            raise Refusal("The database's schema is not current: run `cnt-grpc migrate`.")
        self.pipeline.metrics.register()
        storage = self._system.storage
        shelf = media.Shelf(self._system.db, storage) if isinstance(storage, LocalStorage) else None
        self._side = await http.serve(
            http.make_app(
                ready=self._problem,
                metrics=REGISTRY,
                shelf=shelf,
                google_redirect=self._system.google_redirect(),
            ),
            host,
            side_port,
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
    async with opened(settings) as system:
        await media.seed(system.db, system.storage)
        async with system.db.transaction() as tx:
            await content.seed(tx)
            if settings.is_embedded:
                await auth.create_demo_people(tx)


def routes() -> list[Method]:
    """Every method of every room, in the order of rooms."""
    return [method for service in SERVICES for method in methods_of(service)]


def _stop_signal() -> asyncio.Event:
    """Set by SIGTERM and SIGINT: what runs then ends in order."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _configure(settings: Settings) -> None:
    configure_logs(settings.log_level.upper(), as_json=settings.is_production)


def _storage(settings: Settings) -> Storage:
    if not settings.s3_bucket_name:
        return LocalStorage(settings.media_dir)
    from cnt_grpc.media.s3 import S3Access, S3Storage  # noqa: PLC0415  (boto3 takes half a second)

    return S3Storage(
        S3Access(
            bucket=settings.s3_bucket_name,
            region=settings.aws_region,
            endpoint=settings.s3_endpoint_url,
            key_id=settings.aws_access_key_id,
            secret=settings.aws_secret_access_key.get_secret_value(),
        )
    )


def _media_url(settings: Settings) -> str:
    """Where public files are found: at the CDN, in the bucket, or here."""
    if settings.cloudfront_url or not settings.s3_bucket_name:
        return settings.cloudfront_url or f"{settings.public_url}/media"
    if settings.s3_endpoint_url:
        return f"{settings.s3_endpoint_url}/{settings.s3_bucket_name}"
    return f"https://{settings.s3_bucket_name}.s3.{settings.aws_region}.amazonaws.com"


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


def _google(settings: Settings) -> auth.GoogleApi:
    return auth.GoogleApi(
        settings.google_client_id,
        settings.google_client_secret.get_secret_value(),
        auth.Addresses(
            accounts=settings.google_accounts_url, oauth=settings.google_oauth_url, api=settings.google_api_url
        ),
    )


def _mailer(settings: Settings) -> notification.Mailer:
    """How mails go out."""
    match settings.mail_backend:
        case "smtp":
            return notification.SmtpMailer.of(settings.smtp_url.get_secret_value(), settings.mail_from)
        case "resend":
            key = settings.resend_api_key.get_secret_value()
            return notification.ResendMailer(settings.resend_api_url, key, settings.mail_from)
        case "ses":
            return notification.SesMailer(
                settings.aws_region,
                settings.mail_from,
                settings.ses_endpoint_url,
                settings.aws_access_key_id,
                settings.aws_secret_access_key.get_secret_value(),
            )
        case "folder":
            return notification.MailFolder(settings.mail_dir, settings.mail_from or "cnt@localhost")


def _pusher(settings: Settings) -> notification.Fcm | None:
    """Push messages, where they are configured."""
    if settings.fcm_credentials_file is None:
        return None
    return notification.Fcm(notification.ServiceAccount.read(settings.fcm_credentials_file), settings.fcm_api_url)
