"""From settings to YAML: what is refused, what is escaped, and that Envoy accepts the result."""

import base64
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.rpc import status_pb2

from cnt_grpc.edge import Address, AddressRate, EdgeConfig, Tls, render
from cnt_grpc.edge.__main__ import IMAGE, main, production
from cnt_grpc.edge.errors import EDGE_ERRORS, details_bin
from cnt_grpc.edge.rendering import TEMPLATE, fill
from tests.edge.edges import ENVOY


def test_details_of_errors_are_whole_and_small() -> None:
    for error in EDGE_ERRORS:
        packed = details_bin(error)
        status = status_pb2.Status.FromString(base64.b64decode(packed + "=" * (-len(packed) % 4)))
        assert status.code == (error.grpc_code or error.code).value[0]
        assert len(packed) < 1024
        # grpc-message is percent-encoded; these texts need no code.
        assert re.fullmatch(r"[\w ./-]+", status.message)


def test_the_checked_in_configuration_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().err


def test_a_stale_configuration_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("cnt_grpc.edge.__main__.CONFIG", tmp_path / "envoy.yaml")
    assert main(["--check"]) == 1


def test_a_folder_for_an_envoy_elsewhere(tmp_path: Path) -> None:
    assert main(["--into", str(tmp_path / "edge")]) == 0
    assert (tmp_path / "edge" / "cnt.binpb").read_bytes() == IMAGE.read_bytes()
    assert f"{tmp_path}/edge/cnt.binpb" in (tmp_path / "edge" / "envoy.yaml").read_text()


def test_envoy_accepts_the_edge_of_production_and_one_with_every_setting(tmp_path: Path, certificate: Tls) -> None:
    plain = replace(production(), image_at="")
    full = replace(
        plain,
        grpc=(Address("127.0.0.1", 1), Address("::1", 2)),
        listen=Address("::", 0),
        admin=tmp_path / "admin",
        cors_origins=("https://app.example.org", "https://*.example.org:8443", "http://[::1]:3000"),
        tls=certificate,
        trusted_hops=2,
        address_rate=AddressRate(burst=1, per_second=1),
    )
    for number, config in enumerate((plain, full, replace(full, cors_origins=("*",), address_rate=None))):
        file = tmp_path / f"{number}.yaml"
        file.write_text(render(config))
        command = [ENVOY, "--mode", "validate", "--log-level", "warning", "--config-path", str(file)]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        # Neither errors nor warnings, such as those of settings that will go.
        assert (answer.returncode, answer.stderr) == (0, ""), answer.stderr


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"grpc": ()}, "no gRPC address"),
        ({"side": ()}, "no plain-HTTP address"),
        ({"trusted_hops": -1}, "negative"),
        ({"admin": Address("10.0.0.1", 9901)}, "loopback"),
        ({"cors_origins": ("example.org", "https://example.org/", "https://a b")}, "'example.org' is no origin; "),
        ({"cors_origins": ("https://*",)}, "no origin"),
    ],
)
def test_what_would_open_the_edge_too_wide_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(production(), **wrong)


@pytest.mark.parametrize("text", ["host", "host:", ":1", "host:0", "host:65536", "host:x"])
def test_an_address_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is not host:port"):
        Address.parse(text)


def test_an_address() -> None:
    assert Address.parse("serve:50051") == Address("serve", 50051)
    assert Address.parse("[::1]:80") == Address("::1", 80)


def test_values_cannot_break_out_of_the_template() -> None:
    nasty = 'x"\n  evil: true\n# ${image}'
    assert yaml.safe_load(fill("a:\n  b: ${v}\n", {"v": nasty})) == {"a": {"b": nasty}}
    assert yaml.safe_load(fill("a:\n  b: ${v}\n", {"v": [nasty]})) == {"a": {"b": [nasty]}}
    with pytest.raises(KeyError):
        fill("a: ${unknown}\n", {})


def test_an_image_without_services_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.binpb"
    empty.write_bytes(b"")
    with pytest.raises(ValueError, match="make gen"):
        render(EdgeConfig(image=empty, grpc=(Address("a", 1),), side=(Address("a", 2),)))


def test_every_hole_of_the_template_is_on_a_line_of_its_own_key() -> None:
    """`fill` takes one hole a line."""
    lines = [line for line in TEMPLATE.read_text().splitlines() if not line.lstrip().startswith("#")]
    assert all(line.count("${") <= 1 for line in lines)
