"""`cnt-grpc check`: whether the database is reached and current, and whether Envoy accepts its configuration."""

import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from cnt_grpc import embedded
from cnt_grpc.dev import envoy
from cnt_grpc.dev.launch import check_version
from cnt_grpc.refusal import Refusal
from cnt_grpc.settings import Settings
from cnt_grpc.settings_rules import missing_parts


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    ok: bool
    what: str


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything, one finding after the other; a bad one does not keep the next from being looked at."""
    yield Finding(ok=True, what="settings: well-formed")
    for part in missing_parts(settings):
        yield Finding(ok=True, what=f"not configured: {part.part} ({', '.join(part.names)})")
    yield await _database(settings)
    yield await _edge(settings)


async def _database(settings: Settings) -> Finding:
    if settings.is_embedded and not embedded.is_running(settings.cnt_state_dir):
        return Finding(ok=False, what="database: the embedded Postgres is not running; `make run`, or set DATABASE_URL")
    from cnt_grpc import migrate  # noqa: PLC0415 (Alembic takes a while, and the findings before it need not wait)

    try:
        await check_version(settings.dsn)
    except Refusal as error:
        return Finding(ok=False, what=f"database: {error}")
    if not await migrate.is_current(settings.dsn):
        return Finding(ok=False, what="database: the schema is not current; `cnt-grpc migrate` makes it so")
    return Finding(ok=True, what="database: reached, schema current")


async def _edge(settings: Settings) -> Finding:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "envoy.yaml"
        try:
            file.write_text(envoy.config_text(settings, workers=2))
            found = await envoy.validate(file)
        except (envoy.EnvoyError, OSError, ValueError) as error:
            found = str(error)
    return Finding(ok=not found, what=f"edge: {found or 'Envoy accepts the configuration'}")
