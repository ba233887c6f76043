"""Settings: read once, every problem named at once, weak secrets refused in production, secrets never shown."""

import base64
import os
from pathlib import Path

import pytest

from cnt_grpc import embedded
from cnt_grpc.commands.settings import env_example, markdown, values
from cnt_grpc.settings import Settings, SettingsError, load
from cnt_grpc.settings_rules import missing_parts

ROOT = Path(__file__).parents[2]
STRONG = "f3a9c1d27b604e58a1c9d0e4b7f26385"
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": STRONG,
    "DATABASE_URL": "postgresql://cnt:pw@db:5432/cnt",
    "CORS_ORIGINS": "https://app.church.org",
}


pytestmark = pytest.mark.usefixtures("without_settings")


def put(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def problems() -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load()
    return caught.value.problems


def test_nothing_set_is_the_embedded_default() -> None:
    settings = load()
    assert settings.is_embedded
    assert settings.cnt_http_port == 8080
    assert settings.dsn == embedded.dsn(settings.cnt_state_dir / "postgres")
    assert settings.public_url == "http://localhost:8080"


def test_every_name_that_deployments_use_is_known() -> None:
    names = {name.upper() for name in Settings.model_fields} | {
        str(alias) for info in Settings.model_fields.values() for alias in getattr(info.validation_alias, "choices", ())
    }
    used = """ENVIRONMENT SECRET_KEY JWT_SECRET_KEY DATABASE_URL CORS_ORIGINS FRONTEND_URL BACKEND_URL LOG_LEVEL
        EVENT_BUS_URL CNT_STATE_DIR CNT_HTTP_PORT CNT_GRPC_PORT CNT_SIDE_PORT TRUSTED_HOPS TLS_CERT_FILE TLS_KEY_FILE
        ACCESS_TOKEN_EXPIRE_MINUTES REFRESH_TOKEN_EXPIRE_DAYS REFRESH_TOKEN_ROTATION S3_BUCKET_NAME AWS_S3_BUCKET
        S3_ENDPOINT_URL CLOUDFRONT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION MEDIA_ROOT GOOGLE_CLIENT_ID
        GOOGLE_CLIENT_SECRET MAIL_FROM MAIL_BACKEND SMTP_URL RESEND_API_KEY FCM_CREDENTIALS_FILE LIVEKIT_WS_URL
        LIVEKIT_URL LIVEKIT_HTTP_URL LIVEKIT_API_KEY LIVEKIT_API_SECRET OPENAI_API_KEY DEEPGRAM_API_KEY
        DISABLE_VOICE_AGENT_AUTO_START STRIPE_SECRET_KEY STRIPE_PUBLISHABLE_KEY STRIPE_WEBHOOK_SECRET PAYPAL_CLIENT_ID
        PAYPAL_CLIENT_SECRET PAYPAL_WEBHOOK_ID BANK_KEYS SEED_BIBLE_PDF"""
    assert set(used.split()) <= names


def test_env_file_aliases_and_empty_values(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("AWS_S3_BUCKET=media\nJWT_SECRET_KEY=from-the-file\nCNT_HTTP_PORT=\nLOG_LEVEL=WARNING\n")
    put(monkeypatch, {"SECRET_KEY": "from-the-environment", "DATABASE_URL": "postgresql+asyncpg://u:p@h/d"})
    settings = load()
    assert settings.s3_bucket_name == "media"
    assert settings.secret_key.get_secret_value() == "from-the-environment"
    assert settings.cnt_http_port == 8080
    assert settings.log_level == "warning"
    assert settings.dsn == "postgresql://u:p@h/d"


@pytest.mark.parametrize("text", ["https://a.org, https://b.org/", '["https://a.org", "https://b.org"]'])
def test_origins_as_commas_or_json(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    put(monkeypatch, {"CORS_ORIGINS": text})
    assert load().cors_origins == ("https://a.org", "https://b.org")


def test_every_problem_is_listed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    put(
        monkeypatch,
        {
            "ENVIRONMENT": "production",
            "JWT_SECRET_KEY": "changeme",
            "CNT_HTTP_PORT": "http",
            "CNT_GRPC_PORT": "70000",
            "FRONTEND_URL": "church",
            "REFRESH_TOKEN_ROTATION": "perhaps",
            "LIVEKIT_URL": "wss://live.church.org",
            "BANK_KEYS": "2026:short",
            "MAIL_BACKEND": "smtp",
            "TLS_CERT_FILE": "no-such-file.pem",
            "LOG_LEVEL": "debug",
        },
    )
    text = "\n".join(problems())
    assert "changeme" not in text
    assert "short," not in text
    for words in (
        "CNT_HTTP_PORT: must be a valid integer",
        "CNT_GRPC_PORT: must be less than or equal to 65535",
        "FRONTEND_URL: must be an address such as",
        "REFRESH_TOKEN_ROTATION: must be a valid boolean",
        "LIVEKIT_API_KEY and LIVEKIT_API_SECRET: missing, while LIVEKIT_WS_URL is set",
        "BANK_KEYS: must be id:base64 of 32 bytes",
        "MAIL_FROM: missing",
        "SMTP_URL: missing",
        "TLS_KEY_FILE: missing, while TLS_CERT_FILE is set",
        "TLS_CERT_FILE: there is no file",
        "SECRET_KEY: 8 bytes are too short",
        "SECRET_KEY: looks like a placeholder",
        "DATABASE_URL: missing",
        "CORS_ORIGINS: missing or *",
        "LOG_LEVEL: debug is not for production",
    ):
        assert words in text


def test_production_with_real_secrets_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, PRODUCTION)
    assert load().is_production


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", "", "SECRET_KEY: missing"),
        ("SECRET_KEY", "tooshort", "SECRET_KEY: 8 bytes are too short"),
        ("SECRET_KEY", "0123456701234567012345670123456701234567", "SECRET_KEY: looks like a placeholder"),
        ("SECRET_KEY", "your-secret-key-of-more-than-thirty-two-bytes", "SECRET_KEY: looks like a placeholder"),
        ("STRIPE_SECRET_KEY", "sk_your_key", "STRIPE_SECRET_KEY: looks like a placeholder"),
        ("LIVEKIT_API_SECRET", "secret", "LIVEKIT_API_SECRET: 6 bytes are too short"),
        ("LOG_LEVEL", "debug", "LOG_LEVEL: debug"),
        ("CORS_ORIGINS", "*", "CORS_ORIGINS: missing or *"),
        ("CORS_ORIGINS", "", "CORS_ORIGINS: missing or *"),
        ("DATABASE_URL", "", "DATABASE_URL: missing"),
        ("DATABASE_URL", "sqlite:///cnt.db", "DATABASE_URL: must be a Postgres address"),
    ],
)
def test_production_refuses(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    put(monkeypatch, PRODUCTION | {name: value})
    assert any(problem.startswith(words) for problem in problems())


def test_secrets_never_print(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, PRODUCTION)
    settings = load()
    for text in (repr(settings), str(settings), values(settings), settings.model_dump_json()):
        assert STRONG not in text
        assert "cnt:pw" not in text
    assert "SECRET_KEY                      (set)" in values(settings)


def test_missing_parts_name_their_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, {"OPENAI_API_KEY": "sk-1", "S3_BUCKET_NAME": "media"})
    names = {part.part: part.names for part in missing_parts(load())}
    assert names["Voice agent"] == ("DEEPGRAM_API_KEY",)
    assert names["Stripe"] == ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")
    assert "Object storage" not in names


def test_bank_keys_are_ordered(monkeypatch: pytest.MonkeyPatch) -> None:
    new, old = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
    put(monkeypatch, {"BANK_KEYS": f"2026b:{new}, 2026a:{old}"})
    assert list(load().bank_key_ring()) == ["2026b", "2026a"]
    assert load().bank_key_ring()["2026a"] == bytes([2]) * 32


def test_the_made_secret_is_kept_and_private(tmp_path: Path) -> None:
    first = embedded.secret_key(tmp_path / "state")
    assert len(first) >= 32
    assert embedded.secret_key(tmp_path / "state") == first
    assert (tmp_path / "state" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["secret_key"]


def test_the_documents_are_current() -> None:
    assert (ROOT / ".env.example").read_text() == env_example(), "run: cnt-grpc settings --env > .env.example"
    for name, info in Settings.model_fields.items():
        assert info.description, name
        assert f"`{name.upper()}`" in markdown()


def test_the_readme_holds_the_table_of_settings() -> None:
    """`cnt-grpc settings --markdown` makes it; paste it below the marker when this fails."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme.partition("a test compares -->\n")[2] == markdown()


def test_edits_run_on_the_cores_that_the_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container has three of a machine's sixty-four."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 5, 7}, raising=False)
    assert Settings.model_construct().edits_at_once == 3
    assert Settings.model_construct(editing_at_once=5).edits_at_once == 5
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert Settings.model_construct().edits_at_once == 4
