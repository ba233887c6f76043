"""The third kind of process: it holds conversations in voice rooms."""

from cnt_grpc.app.processes import configure, stop_signal
from cnt_grpc.kit.db import Database
from cnt_grpc.settings import Settings


async def run_voice_agent(settings: Settings) -> None:
    """Hold conversations until SIGTERM or SIGINT."""
    # A second of imports, which need the extra `voice`: no other process makes them.
    from cnt_grpc.live.voice.conversation import Means  # noqa: PLC0415
    from cnt_grpc.live.voice.worker import Access, work  # noqa: PLC0415

    configure(settings)
    stop = stop_signal()
    means = Means(
        dsn=settings.dsn,
        secret_key=settings.secret_key.get_secret_value(),
        openai_key=settings.openai_api_key.get_secret_value(),
        openai_url=settings.openai_base_url,
        deepgram_key=settings.deepgram_api_key.get_secret_value(),
        deepgram_url=settings.deepgram_base_url,
    )
    secret = settings.livekit_api_secret.get_secret_value()
    access = Access(settings.livekit_http_url or settings.livekit_ws_url, settings.livekit_api_key, secret)
    db = await Database.open(settings.dsn, writers=2, readers=1)
    try:
        await work(access, means, db, stop)
    finally:
        await db.close()
