"""Mistakes in the settings that keep the program from starting, and the parts that are simply not configured."""

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from cnt_grpc.settings import Settings

KEY_BYTES = 32
DISTINCT_BYTES = 10  # random keys of 32 bytes have far more, keyboards and repetitions fewer
PLACEHOLDERS = (
    *("change-me", "change_me", "changeme", "your-", "your_", "placeholder"),
    *("example", "default", "insecure", "password"),
)
TOGETHER = (
    ("TLS_CERT_FILE", "TLS_KEY_FILE"),
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    ("LIVEKIT_WS_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"),
    ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET"),
    ("PAYPAL_CLIENT_ID", "PAYPAL_CLIENT_SECRET", "PAYPAL_WEBHOOK_ID"),
)
NEEDED_FOR_MAIL = {"ses": (), "smtp": ("SMTP_URL",), "resend": ("RESEND_API_KEY",), "folder": None}


@dataclass(frozen=True, slots=True)
class MissingPart:
    """A part that is not configured: what it is, the settings that would configure it, and what happens without."""

    part: str
    names: tuple[str, ...]
    effect: str


PARTS = (
    MissingPart("Object storage", ("S3_BUCKET_NAME",), "files stay in MEDIA_ROOT"),
    MissingPart("Sign-in with Google", ("GOOGLE_CLIENT_ID",), "email and password only"),
    MissingPart("Push messages", ("FCM_CREDENTIALS_FILE",), "none are sent"),
    MissingPart("Live streams", ("LIVEKIT_WS_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"), "refused with the reason"),
    MissingPart(
        "Voice agent",
        ("OPENAI_API_KEY", "DEEPGRAM_API_KEY"),
        "does not start, and talking without a room is refused with the reason",
    ),
    MissingPart(
        "Stripe", ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET"), "refused with the reason"
    ),
    MissingPart("PayPal", ("PAYPAL_CLIENT_ID", "PAYPAL_CLIENT_SECRET", "PAYPAL_WEBHOOK_ID"), "refused with the reason"),
    MissingPart("Bank details", ("BANK_KEYS",), "refused with the reason"),
)


def missing_parts(settings: Settings) -> list[MissingPart]:
    """The parts that are not configured, with the settings that are absent."""
    found = [
        MissingPart(part.part, absent, part.effect)
        for part in PARTS
        if (absent := tuple(name for name in part.names if not is_set(settings, name)))
    ]
    if settings.mail_backend == "folder":
        found.append(MissingPart("Mail", ("MAIL_BACKEND",), f"mails are files in {settings.mail_dir}"))
    return found


def is_set(settings: Settings, name: str) -> bool:
    """Whether the setting called `name` has a value."""
    value = getattr(settings, name.lower())
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def voice_needs(settings: Settings) -> str:
    """What the voice agent lacks to run, in words; empty when it can."""
    names = ("LIVEKIT_WS_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "OPENAI_API_KEY", "DEEPGRAM_API_KEY")
    absent = [name for name in names if not is_set(settings, name)]
    if absent:
        return f"The voice agent needs {', '.join(absent)}."
    if any(
        not _is_installed(name) for name in ("livekit.agents", "livekit.plugins.deepgram", "livekit.plugins.openai")
    ):
        return "The voice agent needs the extra `voice`: pip install 'cnt-grpc[voice]'."
    return ""


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # not even what it is a part of
        return False


def problems(settings: Settings) -> list[str]:
    """Every mistake, in words and with the setting's name; secrets are never quoted."""
    rules = (_database, _groups, _mail, _files, _keys, _production)
    return [problem for rule in rules for problem in rule(settings)]


def _database(settings: Settings) -> Iterator[str]:
    if not settings.is_embedded and not settings.dsn.startswith(("postgresql://", "postgres://")):
        yield "DATABASE_URL: must be a Postgres address, postgresql://user:password@host:5432/name."


def _groups(settings: Settings) -> Iterator[str]:
    for names in TOGETHER:
        absent = [name for name in names if not is_set(settings, name)]
        if absent and len(absent) < len(names):
            present = [name for name in names if name not in absent]
            yield f"{' and '.join(absent)}: missing, while {' and '.join(present)} is set; they belong together."
    if is_set(settings, "GOOGLE_CLIENT_SECRET") and not settings.google_client_id:
        yield "GOOGLE_CLIENT_ID: missing, while GOOGLE_CLIENT_SECRET is set; they belong together."


def _mail(settings: Settings) -> Iterator[str]:
    needed = NEEDED_FOR_MAIL[settings.mail_backend]
    if needed is None:
        return
    for name in ("MAIL_FROM", *needed):
        if not is_set(settings, name):
            yield f"{name}: missing, and MAIL_BACKEND={settings.mail_backend} needs it."


def _files(settings: Settings) -> Iterator[str]:
    for name in ("TLS_CERT_FILE", "TLS_KEY_FILE", "FCM_CREDENTIALS_FILE", "SEED_BIBLE_PDF"):
        path: Path | None = getattr(settings, name.lower())
        if path and not path.is_file():
            yield f"{name}: there is no file {path}."


def _keys(settings: Settings) -> Iterator[str]:
    try:
        settings.bank_key_ring()
    except ValueError as error:
        yield f"BANK_KEYS: {error}."


def _production(settings: Settings) -> Iterator[str]:
    if not settings.is_production:
        return
    if settings.is_embedded:
        yield "DATABASE_URL: missing; production does not run on the embedded Postgres."
    if settings.log_level == "debug":
        yield "LOG_LEVEL: debug is not for production; it may show what people send."
    if "*" in settings.cors_origins:
        yield "CORS_ORIGINS: missing or *, so that any web page may call us; list those that may, separated by commas."
    if not is_set(settings, "SECRET_KEY"):
        yield "SECRET_KEY: missing; `openssl rand -hex 32` makes one."
    for name in ("SECRET_KEY", "LIVEKIT_API_SECRET"):
        size = len(getattr(settings, name.lower()).get_secret_value().encode())
        if 0 < size < KEY_BYTES:
            yield f"{name}: {size} bytes are too short; {KEY_BYTES} or more are needed."
    for name, info in Settings.model_fields.items():
        secret = getattr(settings, name)
        if info.annotation is SecretStr and name != "database_url" and _is_made_up(secret.get_secret_value()):
            yield f"{name.upper()}: looks like a placeholder, not like a secret."


def _is_made_up(secret: str) -> bool:
    text = secret.lower()
    repeats = len(text) >= KEY_BYTES and len(set(text)) < DISTINCT_BYTES
    return repeats or any(word in text for word in PLACEHOLDERS)
