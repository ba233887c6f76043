"""What `cnt-grpc dev` prints once everything answers: where it is, what to try, and what is not configured."""

import sys
from pathlib import Path

from cnt_grpc.dev import demo
from cnt_grpc.settings import Settings
from cnt_grpc.settings_rules import missing_parts

RULE = "─" * 100


def text(settings: Settings, workers: int, seconds: float) -> str:
    """The whole banner; `seconds` is how long the start took."""
    return "\n".join([RULE, *_where(settings, workers, seconds), *_try(settings), *_missing(settings), RULE])


def _where(settings: Settings, workers: int, seconds: float) -> list[str]:
    url = _url(settings)
    last = settings.cnt_grpc_port + workers - 1
    ports = f"{settings.cnt_grpc_port}" if workers == 1 else f"{settings.cnt_grpc_port}–{last}"
    lines = [
        f"Ready after {seconds:.1f} s. Ctrl-C stops everything.",
        "",
        f"  JSON, gRPC-Web, gRPC   {url}",
        f"  the API to read        {url}/docs",
        f"  server processes       gRPC on {settings.cnt_grpc_host}:{ports}",
        f"  data and logs          {settings.cnt_state_dir}",
    ]
    if settings.is_embedded:
        lines.append(f"  demo account           {' · '.join(demo.PERSON)}")
        lines.append(f"  demo administrator     {' · '.join(demo.ADMIN)}")
    return lines


def _try(settings: Settings) -> list[str]:
    url = _url(settings)
    insecure = " -k" if settings.tls_cert_file else ""
    name, password = demo.PERSON if settings.is_embedded else ("YOU", "PASSWORD")
    body = f'{{"username_or_email": "{name}", "password": "{password}"}}'
    take = "python3 -c 'import json, sys; print(json.load(sys.stdin)[\"access_token\"])'"
    return [
        "",
        "Try, in another terminal:",
        "",
        "  1. Sign in, and see who you are",
        f"     TOKEN=$(curl -s{insecure} {url}/api/v1/auth/login -d '{body}' | {take})",
        f'     curl -s{insecure} {url}/api/v1/users/me -H "authorization: Bearer $TOKEN"',
        "  2. The same server by gRPC, its contract by reflection",
        f"     {_grpc_call(settings)}",
        "  3. Your notifications as they happen",
        f'     curl -sN{insecure} {url}/api/v1/notifications/stream -H "authorization: Bearer $TOKEN"',
    ]


def _grpc_call(settings: Settings) -> str:
    """By buf when it stands beside this Python, as it does after `make run`; by grpcurl otherwise."""
    method = "cnt.content.v1.ContentService/ListPodcasts"
    buf = Path(sys.executable).with_name("buf")
    if buf.exists():
        plain = "-k" if settings.tls_cert_file else "--http2-prior-knowledge"
        return f"{buf} curl --protocol grpc {plain} {_url(settings)}/{method} -d '{{}}'"
    plain = "-insecure" if settings.tls_cert_file else "-plaintext"
    return f"grpcurl {plain} -d '{{}}' localhost:{settings.cnt_http_port} {method}"


def _missing(settings: Settings) -> list[str]:
    parts = missing_parts(settings)
    if not parts:
        return []
    width = max(len(part.part) for part in parts)
    lines = [f"  {part.part:<{width}}  {part.effect} · set {', '.join(part.names)}" for part in parts]
    return ["", "Not configured:", "", *lines]


def _url(settings: Settings) -> str:
    scheme = "https" if settings.tls_cert_file else "http"
    return f"{scheme}://localhost:{settings.cnt_http_port}"
