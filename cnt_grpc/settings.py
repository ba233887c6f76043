"""Everything an operator can set: one frozen object, read once from the environment and `.env`.

A field's name in capitals is the name of its setting. `load()` reads and checks everything and names every problem at
once; nothing else in the program looks at the environment. `cnt-grpc settings` prints the result, secrets left out.
"""

import base64
import json
import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cnt_grpc import embedded
from cnt_grpc.refusal import Refusal

NO_SECRET = SecretStr("")


class SettingsError(Refusal):
    """The settings do not make sense; `problems` has one sentence for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def setting(default: object, meaning: str, without: str = "", *, names: tuple[str, ...] = (), section: str = "") -> Any:  # noqa: ANN401
    """Declare a setting: what it means and what is missing `without` it.

    `names` lists its name and the aliases that are accepted, `section` opens a part of the table in README.
    """
    extra: dict[str, Any] = {"without": without, "section": section}
    alias = AliasChoices(*names) if names else None
    return Field(default, description=meaning, validation_alias=alias, json_schema_extra=extra)


def _url(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    if value and not (scheme.isascii() and scheme.isalpha() and separator and rest and not rest.startswith("/")):
        raise ValueError("must be an address such as https://example.org")
    return value.rstrip("/")


Port = Annotated[int, Field(ge=1, le=65535)]
Count = Annotated[int, Field(ge=1)]
Url = Annotated[str, AfterValidator(_url)]


class Settings(BaseSettings):
    """All settings. Empty values count as absent. Secrets never print."""

    model_config = SettingsConfigDict(
        frozen=True,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    environment: Literal["production", "development"] = setting(
        "development", "`production` refuses weak secrets, open CORS and debug logs", section="Core"
    )
    secret_key: SecretStr = setting(
        NO_SECRET,
        "Root of every signature and sealed value; 32 bytes or more. `openssl rand -hex 32` makes one",
        names=("SECRET_KEY", "JWT_SECRET_KEY"),
        without="development: one is made and kept in CNT_STATE_DIR; production does not start",
    )
    database_url: SecretStr = setting(
        NO_SECRET,
        "Postgres 15 or newer: `postgresql://user:password@host:5432/name`",
        without="the embedded Postgres of `cnt-grpc dev`; production does not start",
    )
    database_pool_size: Count = setting(10, "Most connections that one process opens")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = setting(
        ("*",),
        "Web pages that may call us, separated by commas: `https://app.example.org`",
        without="any (development)",
    )
    frontend_url: Url = setting("http://localhost:3000", "The web page that mails and sign-in redirects lead to")
    backend_url: Url = setting("", "Our own address as clients see it", without="http://localhost and CNT_HTTP_PORT")
    log_level: Literal["debug", "info", "warning", "error"] = setting("info", "Least serious level that is logged")
    event_bus_url: Url = setting(
        "", "NATS that wakes other processes: `nats://host:4222`", without="Postgres LISTEN/NOTIFY wakes them"
    )
    cnt_state_dir: Path = setting(Path(".state"), "Where `cnt-grpc dev` and local storage keep their data")
    cnt_http_host: str = setting("127.0.0.1", "Address that Envoy of `cnt-grpc dev` listens on")
    cnt_http_port: Port = setting(8080, "Port of Envoy: JSON, gRPC-Web and gRPC")
    cnt_grpc_host: str = setting("127.0.0.1", "Address that server processes listen on; containers set 0.0.0.0")
    cnt_grpc_port: Port = setting(50051, "gRPC port of the first server process; the next ones count up")
    cnt_side_port: Port = setting(50151, "Plain-HTTP port of the first server process; the next ones count up")
    trusted_hops: Annotated[int, Field(ge=0, le=10)] = setting(0, "Proxies in front of Envoy that add x-forwarded-for")
    tls_cert_file: Path | None = setting(None, "Certificate chain (PEM): Envoy listens with TLS", without="plain HTTP")
    tls_key_file: Path | None = setting(None, "Its private key (PEM)")

    access_token_expire_minutes: Count = setting(30, "Life of an access token", section="Tokens")
    refresh_token_expire_days: Count = setting(30, "Life of an unused refresh token")
    refresh_token_rotation: bool = setting(True, "Each use of a refresh token replaces it")  # noqa: FBT003

    s3_bucket_name: str = setting(
        "",
        "Bucket for media",
        names=("S3_BUCKET_NAME", "AWS_S3_BUCKET"),
        without="files go to MEDIA_ROOT and are served by us",
        section="Media",
    )
    s3_endpoint_url: Url = setting("", "Address of an S3-compatible store", without="Amazon's own")
    cloudfront_url: Url = setting("", "CDN in front of the bucket", without="links lead to the bucket")
    aws_access_key_id: str = setting("", "Key for S3 and SES", without="boto3's own search (instance role, profile)")
    aws_secret_access_key: SecretStr = setting(NO_SECRET, "Its secret")
    aws_region: str = setting("us-east-1", "Region of S3 and SES")
    media_root: Path | None = setting(None, "Local folder for media", without="`media` in CNT_STATE_DIR")
    media_max_audio_mb: Count = setting(500, "Largest audio file, MB")
    media_max_video_mb: Count = setting(5_000, "Largest video file, MB")
    media_max_image_mb: Count = setting(20, "Largest picture, MB")
    media_max_image_megapixels: Count = setting(50, "Largest picture, million pixels")
    media_max_document_mb: Count = setting(100, "Largest PDF, MB")
    media_quota_gb: Count = setting(20, "What one person may store, GB")

    editing_at_once: Annotated[int, Field(ge=0, le=1000)] = setting(
        0,
        "Edits that run at once, over all workers",
        without="as many as this machine has processors",
        section="Editing",
    )

    google_client_id: str = setting(
        "", "OAuth client for sign-in with Google", without="no sign-in with Google", section="Google"
    )
    google_client_secret: SecretStr = setting(
        NO_SECRET, "Its secret, for the redirect flow and Drive", without="no redirect flow, no Drive import"
    )
    google_accounts_url: Url = setting("https://accounts.google.com", "Where people sign in")
    google_oauth_url: Url = setting("https://oauth2.googleapis.com", "Where codes become tokens")
    google_api_url: Url = setting("https://www.googleapis.com", "Keys, profiles and Drive")

    mail_from: str = setting("", "Sender of mails: `Name <name@example.org>`", section="Mail")
    mail_backend: Literal["ses", "smtp", "resend", "folder"] = setting(
        "folder", "How mails go out", without="mails are .eml files in `mail` in CNT_STATE_DIR"
    )
    smtp_url: SecretStr = setting(NO_SECRET, "`smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`")
    resend_api_key: SecretStr = setting(NO_SECRET, "Key for Resend")
    resend_api_url: Url = setting("https://api.resend.com", "Address of Resend")
    ses_endpoint_url: Url = setting("", "Address of SES", without="Amazon's own")

    fcm_credentials_file: Path | None = setting(
        None, "Service account (JSON) for Firebase push", without="no push messages", section="Push"
    )
    fcm_api_url: Url = setting("https://fcm.googleapis.com", "Address of FCM")

    livekit_ws_url: Url = setting(
        "",
        "LiveKit as clients reach it: `wss://live.example.org`",
        names=("LIVEKIT_WS_URL", "LIVEKIT_URL"),
        without="no live streams or meetings",
        section="Live",
    )
    livekit_http_url: Url = setting("", "LiveKit as our servers reach it", without="LIVEKIT_WS_URL with http(s)")
    livekit_api_key: str = setting("", "Key for LiveKit")
    livekit_api_secret: SecretStr = setting(NO_SECRET, "Its secret; 32 bytes or more in production")
    openai_api_key: SecretStr = setting(NO_SECRET, "Key for OpenAI", without="no voice agent")
    openai_base_url: Url = setting("https://api.openai.com/v1", "Address of OpenAI")
    deepgram_api_key: SecretStr = setting(NO_SECRET, "Key for Deepgram", without="no voice agent")
    deepgram_base_url: Url = setting("https://api.deepgram.com", "Address of Deepgram")
    disable_voice_agent_auto_start: bool = setting(False, "`cnt-grpc dev` leaves the voice agent to you")  # noqa: FBT003

    stripe_secret_key: SecretStr = setting(
        NO_SECRET, "Key for Stripe", without="no cards, coins or subscriptions", section="Payment"
    )
    stripe_publishable_key: str = setting("", "Key that clients use")
    stripe_webhook_secret: SecretStr = setting(NO_SECRET, "Signs Stripe's webhooks")
    stripe_api_url: Url = setting("https://api.stripe.com", "Address of Stripe")
    paypal_client_id: str = setting("", "PayPal application", without="no PayPal")
    paypal_client_secret: SecretStr = setting(NO_SECRET, "Its secret")
    paypal_webhook_id: str = setting("", "Checks PayPal's webhooks")
    paypal_api_url: Url = setting("https://api-m.paypal.com", "Address of PayPal; the sandbox has another")
    bank_keys: SecretStr = setting(
        NO_SECRET,
        "Keys that seal bank details, newest first: `id:base64 of 32 bytes`, separated by commas",
        without="no bank details",
    )

    seed_bible_pdf: Path | None = setting(
        None,
        "PDF that `cnt-grpc seed` takes as the Bible document",
        without="readings made at seed time",
        section="Seeds",
    )

    @field_validator("environment", "log_level", "mail_backend", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator(
        "cnt_state_dir", "media_root", "tls_cert_file", "tls_key_file", "fcm_credentials_file", "seed_bible_pdf"
    )
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path and path.expanduser().absolute()

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _origins(cls, value: object) -> object:
        if isinstance(value, str):
            value = json.loads(value) if value.lstrip().startswith("[") else value.split(",")
        if not isinstance(value, list | tuple):
            raise ValueError("must be addresses separated by commas")  # noqa: TRY004 (pydantic reports ValueError)
        origins = tuple(str(origin).strip().rstrip("/") for origin in value if str(origin).strip())
        for origin in origins:
            if origin != "*" and (not origin.startswith(("http://", "https://")) or "/" in origin.partition("://")[2]):
                raise ValueError(f"{origin!r} is not an origin such as https://app.example.org")
        return origins

    @property
    def is_production(self) -> bool:
        """Whether real people's data is at stake."""
        return self.environment == "production"

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the one that `cnt-grpc dev` brings."""
        return not self.database_url.get_secret_value()

    @property
    def dsn(self) -> str:
        """The database's address for asyncpg: DATABASE_URL without a driver's name, or the embedded server's socket."""
        url = self.database_url.get_secret_value()
        if url:
            scheme, _, rest = url.partition("://")
            return f"{scheme.partition('+')[0]}://{rest}"
        return embedded.dsn(embedded.postgres_dir(self.cnt_state_dir))

    @property
    def public_url(self) -> str:
        """Our own address as clients see it, without a slash at the end."""
        scheme = "https" if self.tls_cert_file else "http"
        return self.backend_url or f"{scheme}://localhost:{self.cnt_http_port}"

    @property
    def edits_at_once(self) -> int:
        """Edits that run at once, over all workers: as many as this process has cores unless EDITING_AT_ONCE says."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return self.editing_at_once or cores

    @property
    def media_dir(self) -> Path:
        """The local media folder."""
        return self.media_root or self.cnt_state_dir / "media"

    @property
    def mail_dir(self) -> Path:
        """Where the `folder` backend writes mails."""
        return self.cnt_state_dir / "mail"

    def bank_key_ring(self) -> dict[str, bytes]:
        """BANK_KEYS by key id, newest first; ValueError in words when malformed."""
        ring: dict[str, bytes] = {}
        for entry in filter(None, self.bank_keys.get_secret_value().split(",")):
            key_id, _, encoded = entry.strip().partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except ValueError:
                key = b""
            if not key_id or key_id in ring or len(key) != 32:  # noqa: PLR2004 (AES-256)
                raise ValueError("must be id:base64 of 32 bytes, each id once, separated by commas")
            ring[key_id] = key
        return ring


def load(**overrides: Any) -> Settings:  # noqa: ANN401 (values of any field, by its name)
    """Read the environment and `.env`; SettingsError lists everything that is wrong with them."""
    from cnt_grpc.settings_rules import problems  # noqa: PLC0415 (the rules need the class)

    try:
        settings = Settings(**overrides)
        bad: dict[str, str] = {}
    except ValidationError as error:
        bad = {_field(str(entry["loc"][0])): _words(str(entry["loc"][0]), entry["msg"]) for entry in error.errors()}
        # With defaults in place of what is malformed, the rules can be asked about all the rest.
        settings = Settings(**overrides | {name: Settings.model_fields[name].default for name in bad})
    found = [problem for problem in problems(settings) if problem.partition(":")[0].lower() not in bad]
    if bad or found:
        raise SettingsError([*bad.values(), *found])
    return settings


def _field(name: str) -> str:
    for field, info in Settings.model_fields.items():
        names = info.validation_alias.choices if isinstance(info.validation_alias, AliasChoices) else []
        if name.lower() == field or name in names:
            return field
    raise LookupError(name)


def _words(name: str, message: str) -> str:
    message = message.removeprefix("Value error, ").replace("Input should be", "must be")
    return f"{name.upper()}: {message}."
