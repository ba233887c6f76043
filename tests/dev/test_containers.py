"""The container files agree with the program: commands exist, settings are known, what is copied or mounted exists."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cnt_grpc.cli import parser
from cnt_grpc.edge import ENVOY_OPTIONS
from cnt_grpc.edge.__main__ import main as write_edge
from cnt_grpc.settings import Settings, load

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
LIVEKIT: dict[str, Any] = yaml.safe_load((ROOT / "livekit" / "livekit.yaml").read_text())
DOCKERFILE = [
    line for line in (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines() if line[:1].isupper()
]
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image", "").startswith("cnt-grpc")}
KNOWN = {name.upper() for name in Settings.model_fields}
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def filled(text: str) -> str:
    """The text as compose would have it, with made-up strong values for what must be set."""

    def value(match: re.Match[str]) -> str:
        name, kind, default = match.groups()
        made_up = {"CORS_ORIGINS": "https://app.church.org"}.get(name, "f3a9c1d27b604e58a1c9d0e4b7f26385")
        return default if kind == "-" else made_up

    return VARIABLE.sub(value, text)


def test_the_services_are_there() -> None:
    assert set(OURS) == {"migrate", "serve", "worker", "voice-agent", "edge"}
    assert set(SERVICES) - set(OURS) == {"postgres", "envoy", "nats", "s3", "livekit"}


@pytest.mark.parametrize("name", sorted(set(OURS) - {"edge"}))
def test_every_command_is_one_of_ours(name: str) -> None:
    assert parser().parse_args(OURS[name]["command"]).command


def test_the_edge_is_written_where_envoy_reads_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, without_settings: None
) -> None:
    for key, text in OURS["edge"]["environment"].items():
        monkeypatch.setenv(key, filled(text))
    assert OURS["edge"]["entrypoint"] == ["python", "-m", "cnt_grpc.edge"]
    *options, folder = OURS["edge"]["command"]
    assert write_edge([*options, str(tmp_path)]) == 0
    assert "https://app.church.org" in (tmp_path / "envoy.yaml").read_text()
    assert SERVICES["envoy"]["command"] == ["envoy", "--config-path", f"{folder}/envoy.yaml", *ENVOY_OPTIONS]
    assert OURS["edge"]["volumes"] == [f"edge:{folder}"]
    assert SERVICES["envoy"]["volumes"] == [f"edge:{folder}:ro"]


@pytest.mark.parametrize("name", OURS)
def test_every_environment_is_accepted(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, without_settings: None
) -> None:
    environment: dict[str, str] = OURS[name]["environment"]
    assert set(environment) <= KNOWN
    for key, text in environment.items():
        monkeypatch.setenv(key, filled(text))
    settings = load()
    assert settings.is_production
    assert settings.livekit_http_url == "http://livekit:7880"


def test_every_variable_is_a_setting_or_the_databases_password() -> None:
    names = {match[1] for match in VARIABLE.finditer((ROOT / "docker-compose.yml").read_text())}
    assert names - KNOWN == {"POSTGRES_PASSWORD"}


def test_what_runs_on_is_watched_and_waited_for() -> None:
    for name, service in SERVICES.items():
        once = service["restart"] == "on-failure"
        assert once or name in {"worker", "voice-agent"} or "healthcheck" in service, name
        for other, wait in service.get("depends_on", {}).items():
            done = "service_completed_successfully" if SERVICES[other]["restart"] == "on-failure" else "service_healthy"
            assert wait["condition"] == done, (name, other)


def test_the_voice_agent_has_packages_of_its_own_and_starts_when_asked_for() -> None:
    voice = SERVICES["voice-agent"]
    assert voice["profiles"] == ["voice"]
    file = ROOT / "requirements" / f"{voice['build']['args']['REQUIREMENTS']}.txt"
    assert "livekit-agents==" in file.read_text()
    assert "livekit-agents==" not in (ROOT / "requirements" / "runtime.txt").read_text()
    assert {service["image"] for name, service in OURS.items() if name != "voice-agent"} == {"cnt-grpc"}


def test_secrets_come_from_outside() -> None:
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            if any(word in key for word in ("SECRET", "PASSWORD", "ACCESS_KEY", "KEYS")):
                assert VARIABLE.search(value), (name, key)
    assert "keys" not in LIVEKIT
    assert "api_key" not in LIVEKIT["webhook"]


def test_what_is_mounted_is_there() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], volume


def test_livekit_ports_are_published() -> None:
    rtc = LIVEKIT["rtc"]
    assert (LIVEKIT["port"], rtc["tcp_port"], rtc["port_range_start"], rtc["port_range_end"]) == (
        7880,
        7881,
        50100,
        50200,
    )
    assert SERVICES["livekit"]["ports"] == ["7880:7880", "7881:7881", "50100-50200:50100-50200/udp"]


def test_the_image_copies_what_exists_and_is_not_ignored() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    lines = [line.split() for line in DOCKERFILE if line.startswith("COPY") and "--from" not in line]
    copies = [source for _, *sources, _ in lines for source in sources]
    assert copies
    for source in copies:
        assert (ROOT / source).exists(), source
        assert source in kept, source


def test_the_image_is_pinned_and_runs_as_nobody_special() -> None:
    assert "--require-hashes" in " ".join(DOCKERFILE)
    assert [line for line in DOCKERFILE if line.startswith("USER")] == ["USER cnt"]
    entry = next(line for line in DOCKERFILE if line.startswith("ENTRYPOINT"))
    assert entry == 'ENTRYPOINT ["python", "-m", "cnt_grpc"]'
    variables = next(line for line in DOCKERFILE if line.startswith("ENV")).split()[1:]
    assert {name for name in (pair.split("=")[0] for pair in variables) if not name.startswith(("P",))} <= KNOWN
