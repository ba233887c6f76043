"""Production with weak secrets, open doors or loud logs: each program refuses to start, and says everything at once."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.programs import ROOT

GOOD = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": secrets.token_hex(32),
    "DATABASE_URL": "postgresql://cnt@127.0.0.1:9/cnt",
    "CORS_ORIGINS": "https://app.example.org",
    "BACKEND_URL": "https://api.example.org",
}
BAD = {
    "SECRET_KEY": ("", "changeme", "secret" * 6, "a" * 64, "too short"),
    "CORS_ORIGINS": ("*",),
    "LOG_LEVEL": ("debug",),
    "DATABASE_URL": ("",),
}


def start(words: list[str], folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a program of ours with these settings and nothing else of this machine's."""
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    environment |= {"PYTHONPATH": str(ROOT), "CNT_STATE_DIR": str(folder)} | GOOD | settings
    command = [sys.executable, "-m", "cnt_grpc", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_it_does_not_start(tmp_path: Path, name: str, value: str) -> None:
    done = start(["serve"], tmp_path, **{name: value})
    assert done.returncode != 0
    assert name in done.stderr + done.stdout
    assert value not in ("changeme", "secret" * 6) or value not in done.stderr + done.stdout, "it tells the secret"
    assert "Traceback" not in done.stderr


def test_everything_is_said_at_once(tmp_path: Path) -> None:
    done = start(["worker"], tmp_path, SECRET_KEY="short", CORS_ORIGINS="*", LOG_LEVEL="debug")
    assert done.returncode != 0
    for name in ("SECRET_KEY", "CORS_ORIGINS", "LOG_LEVEL"):
        assert name in done.stderr + done.stdout


def test_with_good_ones_only_the_database_is_missed(tmp_path: Path) -> None:
    """Or the tests above would pass for another reason."""
    done = start(["check"], tmp_path)
    told = done.stderr + done.stdout
    assert "database" in told.lower(), told
    for name in ("SECRET_KEY", "CORS_ORIGINS", "LOG_LEVEL"):
        assert f"{name}:" not in told, told
