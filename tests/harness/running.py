"""The whole system in the test's own process: one server and one worker, on a database of their own."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from cnt_grpc import live
from cnt_grpc.app import Server, System, handlers, opened
from cnt_grpc.kit.jobs.worker import Worker
from cnt_grpc.settings import Settings
from tests.harness import google, livekit, paypal, stripe, voices

HOST = "127.0.0.1"
BANK_KEYS = f"new:{base64.b64encode(b'n' * 32).decode()},old:{base64.b64encode(b'o' * 32).decode()}"
BUCKET = live.Bucket("recordings", "us-east-1", "", "key", "a secret of S3")


@dataclass(frozen=True)
class Running:
    """What was started, and where it listens."""

    system: System
    server: Server
    grpc_port: int
    side_port: int

    @property
    def target(self) -> str:
        """The gRPC server's address."""
        return f"{HOST}:{self.grpc_port}"

    @property
    def side_url(self) -> str:
        """The address of the plain-HTTP side."""
        return f"http://{HOST}:{self.side_port}"


def settings_for(
    dsn: str,
    folder: Path,
    secret_key: str,
    *,
    google_url: str = "",
    stripe_url: str = "",
    paypal_url: str = "",
    livekit_url: str = "",
    voices_url: str = "",
) -> Settings:
    """Settings as close to those of an embedded default as a test process allows; outside parties where given."""
    # Constructed, not loaded: neither the environment nor the `.env` of the machine has a say.
    return Settings.model_construct(
        secret_key=SecretStr(secret_key),
        database_url=SecretStr(dsn),
        cnt_state_dir=folder,
        # Two people of a test meet often; twenty connections to a Postgres of one's own would only cost memory.
        database_pool_size=5,
        **(_google(google_url) if google_url else {}),
        **(_stripe(stripe_url) if stripe_url else {}),
        **(_paypal(paypal_url) if paypal_url else {}),
        **(_livekit(livekit_url) if livekit_url else {}),
        **(_voices(voices_url) if voices_url else {}),
    )


def _paypal(url: str) -> dict[str, Any]:
    return {
        "paypal_client_id": paypal.CLIENT_ID,
        "paypal_client_secret": SecretStr(paypal.CLIENT_SECRET),
        "paypal_webhook_id": paypal.WEBHOOK_ID,
        "paypal_api_url": url,
    }


def _stripe(url: str) -> dict[str, Any]:
    return {
        "stripe_secret_key": SecretStr(stripe.SECRET_KEY),
        "stripe_publishable_key": stripe.PUBLISHABLE_KEY,
        "stripe_webhook_secret": SecretStr(stripe.WEBHOOK_SECRET),
        "stripe_api_url": url,
        "bank_keys": SecretStr(BANK_KEYS),
    }


def _google(url: str) -> dict[str, Any]:
    return {
        "google_client_id": google.CLIENT_ID,
        "google_client_secret": SecretStr(google.CLIENT_SECRET),
        "google_accounts_url": url,
        "google_oauth_url": url,
        "google_api_url": url,
    }


def _voices(url: str) -> dict[str, Any]:
    return {
        "openai_api_key": SecretStr(voices.OPENAI_KEY),
        "openai_base_url": f"{url}/v1",
        "deepgram_api_key": SecretStr(voices.DEEPGRAM_KEY),
        "deepgram_base_url": url,
    }


def _livekit(url: str) -> dict[str, Any]:
    return {
        "livekit_ws_url": url.replace("http", "ws", 1),
        "livekit_api_key": livekit.KEY,
        "livekit_api_secret": SecretStr(livekit.SECRET),
    }


@asynccontextmanager
async def start(settings: Settings) -> AsyncIterator[Running]:
    """Start server and worker on free ports; stop them when the block ends.

    What the clock starts (`System.periodic`) stays out: a test that moves the clock must not sweep the rows of others.
    Tests of periodic jobs enqueue them.
    """
    async with opened(settings) as outside:
        # Recordings go into S3 alone; the stand-in for LiveKit takes any.
        system = replace(outside, recorder=live.Recorder(BUCKET))
        server = Server(system)
        grpc_port, side_port = await server.start(HOST, 0, 0)
        async with Worker(system.db, handlers(system)):
            yield Running(system, server, grpc_port, side_port)
        await server.stop()
