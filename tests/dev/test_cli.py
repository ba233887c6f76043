"""The command line: quick to help, plain in its refusals."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnt_grpc.cli import main
from cnt_grpc.settings import load
from cnt_grpc.settings_rules import voice_needs

ROOT = Path(__file__).parents[2]
COMMANDS = ["dev", "serve", "worker", "voice-agent", "migrate", "seed", "admin", "routes", "check", "settings"]

pytestmark = pytest.mark.usefixtures("without_settings")


def test_help_names_every_command_and_is_quick() -> None:
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-m", "cnt_grpc", "--help"],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    after = os.times()
    # Time on the processor, 0.15 s on an idle machine: with the rooms it would be two seconds.
    assert after.children_user + after.children_system - before.children_user - before.children_system < 1
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("    ") and line[4] != " "}
    assert set(COMMANDS) <= listed


def test_every_problem_with_the_settings_is_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("CNT_HTTP_PORT", "many")
    assert main(["serve"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("cnt-grpc: ") for line in lines)
    assert {line.split()[1] for line in lines} == {"CNT_HTTP_PORT:", "SECRET_KEY:", "DATABASE_URL:", "CORS_ORIGINS:"}


HEAVY = ("fpdf", "fontTools", "numpy", "av", "boto3", "stripe", "openai", "livekit.agents", "deepgram", "websockets")


def test_a_server_starts_without_what_few_calls_need() -> None:
    """A killed server serves again within five seconds, of which loading is the most."""
    script = f"import cnt_grpc.app, sys; print([name for name in {HEAVY} if name in sys.modules])"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "seed"])
def test_without_a_database_it_says_how_to_get_one(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command]) == 1
    assert "start `cnt-grpc dev` first, or set DATABASE_URL" in capsys.readouterr().err


def test_the_voice_agent_names_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["voice-agent"]) == 1
    names = ("LIVEKIT_WS_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "OPENAI_API_KEY", "DEEPGRAM_API_KEY")
    assert f"The voice agent needs {', '.join(names)}." in capsys.readouterr().err
    for name in names:
        monkeypatch.setenv(name, "ws://localhost:7880" if name.endswith("URL") else "k")
    with monkeypatch.context() as without:
        without.setattr("importlib.util.find_spec", lambda _: None)
        assert voice_needs(load()).startswith("The voice agent needs the extra `voice`")
    assert not voice_needs(load())
    assert main(["voice-agent"]) == 1
    assert "start `cnt-grpc dev` first, or set DATABASE_URL" in capsys.readouterr().err


def test_what_is_not_a_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["sevre"])
    assert caught.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_settings_show_no_secret(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "f3a9c1d27b604e58a1c9d0e4b7f26385")
    assert main(["settings"]) == 0
    assert "f3a9c1d27b604e58a1c9d0e4b7f26385" not in capsys.readouterr().out
