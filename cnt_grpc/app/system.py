"""What servers and workers share: the outside world, opened once a process."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from cnt_grpc import admin, auth, community, http, live, media, notification, payment
from cnt_grpc.app import parties
from cnt_grpc.kit import seal
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.events import EventBus, PostgresBus
from cnt_grpc.kit.events.dispatcher import Dispatcher
from cnt_grpc.kit.events.nats_bus import NatsBus
from cnt_grpc.media.avatars import Avatars
from cnt_grpc.media.private_files import PrivateFiles
from cnt_grpc.media.purposes import Limits
from cnt_grpc.media.storage import Storage
from cnt_grpc.media.uploads import Intake
from cnt_grpc.notification import inbox
from cnt_grpc.settings import Settings


@dataclass(frozen=True, slots=True)
class System:
    """The outside world on these settings, and what several rooms make of it."""

    settings: Settings
    db: Database
    bus: EventBus
    storage: Storage
    limits: Limits
    urls: media.Urls
    dispatcher: Dispatcher[inbox.Unread]
    post_watch: community.PostWatch
    tokens: auth.Tokens
    passwords: auth.Passwords
    google: auth.GoogleApi
    drive: admin.Drive
    mailer: notification.Mailer
    pusher: notification.Pusher | None
    stripe: payment.Stripe
    paypal: payment.PayPal
    studio: live.Studio | None
    talkers: live.Talkers
    recorder: live.Recorder
    stream_watch: Dispatcher[live.State]

    @property
    def intake(self) -> Intake:
        """Takes in bytes that become files."""
        return Intake(self.storage, self.limits)

    @property
    def avatars(self) -> Avatars:
        """Keeps people's pictures."""
        return Avatars(self.urls, self.intake, self.bus)

    @property
    def vault(self) -> PrivateFiles:
        """Keeps files that only their owner may read."""
        return PrivateFiles(self.storage, self.urls)

    @property
    def workshop(self) -> media.Workshop:
        """Takes in what the platform makes itself."""
        return media.Workshop(self.storage, self.limits)

    def drive_accounts(self) -> admin.DriveAccounts:
        """Administrators' Google Drives; who agrees comes back to a page of the web app, which has their token."""
        callback = f"{self.settings.frontend_url}/admin/google-drive/callback"
        return admin.DriveAccounts(self.db, self.drive, callback)

    def google_redirect(self) -> auth.GoogleRedirect:
        """Signing in by Google on a plain web page."""
        callback = f"{self.settings.public_url}{http.GOOGLE_CALLBACK}"
        return auth.GoogleRedirect(self.db, self.google, callback, self.settings.frontend_url)


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
        storage = parties.storage(settings)
        stack.callback(storage.close)
        passwords = auth.Passwords()
        stack.callback(passwords.close)
        google = parties.google(settings)
        stack.push_async_callback(google.close)
        drive = parties.drive(settings)
        stack.push_async_callback(drive.close)
        pusher = parties.pusher(settings)
        if pusher is not None:
            stack.push_async_callback(pusher.close)
        mailer = parties.mailer(settings)
        if isinstance(mailer, notification.ResendMailer):
            stack.push_async_callback(mailer.close)
        paypal = parties.paypal(settings)
        stack.push_async_callback(paypal.close)
        stripe = parties.stripe(settings)
        stack.push_async_callback(stripe.close)
        dispatcher = inbox.dispatcher(db, bus)
        stack.push_async_callback(dispatcher.close)
        post_watch = community.PostWatch(db, bus)
        stack.push_async_callback(post_watch.close)
        studio = parties.studio(settings)
        if studio is not None:
            stack.push_async_callback(studio.rooms.aclose)
        talkers = parties.talkers(settings)
        stack.push_async_callback(talkers.aclose)
        stream_watch = live.dispatcher(db, bus)
        stack.push_async_callback(stream_watch.close)
        yield System(
            settings=settings,
            db=db,
            bus=bus,
            storage=storage,
            limits=parties.limits(settings),
            urls=media.Urls(parties.media_url(settings), storage),
            dispatcher=dispatcher,
            post_watch=post_watch,
            tokens=parties.tokens(settings),
            passwords=passwords,
            google=google,
            drive=drive,
            mailer=mailer,
            pusher=pusher,
            stripe=stripe,
            paypal=paypal,
            studio=studio,
            talkers=talkers,
            recorder=parties.recorder(settings),
            stream_watch=stream_watch,
        )
