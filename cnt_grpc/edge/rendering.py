"""Fills the template with what one edge needs; the result is a complete configuration for Envoy, comments and all."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from cnt_grpc.edge.config import Address, AddressRate, EdgeConfig, Tls
from cnt_grpc.edge.contract import read_contract
from cnt_grpc.edge.errors import Yaml, mappers
from cnt_grpc.edge.routes import longest_call, routes

TEMPLATE = Path(__file__).parents[2] / "envoy" / "template.yaml"

CALLS_PER_SERVER = 500
"""Short calls that one server process may have under way; at 2 ms each that is one second of work."""

_HOLE = re.compile(r"\$\{(\w+)\}")


def render(config: EdgeConfig) -> str:
    """The configuration of the edge `config`, as YAML. Raises OSError when the image or the template cannot be read."""
    contract = read_contract(config.image)
    values: Yaml = {
        "listen": _socket(config.listen),
        "admin": _socket(config.admin) if isinstance(config.admin, Address) else {"pipe": {"path": str(config.admin)}},
        "access_log": config.access_log,
        "trusted_hops": config.trusted_hops,
        "transport_socket": _transport_socket(config.tls),
        "response_headers": _response_headers(config),
        "untrusted_headers": _untrusted_headers(config.trusted_hops),
        "origins": [_origin(origin) for origin in config.cors_origins],
        "image": config.image_at or str(config.image.resolve()),
        "services": list(contract.services),
        "routes": routes(contract),
        "upload_bytes": config.upload_bytes,
        "heap_bytes": config.heap_bytes,
        "most_connections": config.most_connections,
        "address_rate": _address_rate(config.address_rate),
        "mappers": mappers(),
        "grpc_servers": [_endpoint(address) for address in config.grpc],
        "side_servers": [_endpoint(address) for address in config.side],
        "most_calls": CALLS_PER_SERVER * len(config.grpc),
        "longest_call": longest_call(contract),
    }
    return fill(TEMPLATE.read_text(encoding="utf-8"), values)


def fill(template: str, values: Yaml) -> str:
    """Puts `values` into the holes `${name}` of the template. Raises KeyError for a hole without a value."""
    return "".join(_fill_line(line, values) for line in template.splitlines(keepends=True))


def _fill_line(line: str, values: Yaml) -> str:
    if line.lstrip().startswith("#"):
        return line
    match = _HOLE.search(line)
    if match is None:
        return line
    value = values[match[1]]
    before = line[: match.start()]
    if not (isinstance(value, list | dict) and value):
        # JSON is YAML, and its quoting is safe for whatever a setting holds.
        return before + json.dumps(value) + line[match.end() :]
    # A list or a mapping goes below its key, two columns further in.
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    block: str = yaml.dump(value, Dumper=_Plain, sort_keys=False, default_flow_style=None, width=140)
    return before.rstrip() + "\n" + "".join(f"{indent}{row}\n" for row in block.splitlines())


class _Plain(yaml.SafeDumper):
    """Writes a shared value out each time it is used: Envoy's reader does know anchors, human ones lose their way."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002  (PyYAML's signature)
        return True


def _socket(address: Address) -> Yaml:
    return {"socket_address": {"address": address.host, "port_value": address.port}}


def _endpoint(address: Address) -> Yaml:
    return {"endpoint": {"address": _socket(address)}}


def _transport_socket(tls: Tls | None) -> Yaml | None:
    if tls is None:
        return None
    return {
        "name": "tls",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {
                "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
                # Without ALPN browsers stay with HTTP/1.1: six connections a host, and each stream takes one.
                "alpn_protocols": ["h2", "http/1.1"],
                "tls_certificates": [
                    {"certificate_chain": {"filename": tls.certificate}, "private_key": {"filename": tls.key}}
                ],
            },
        },
    }


def _response_headers(config: EdgeConfig) -> list[Yaml]:
    headers = {
        # What users upload is never taken for a page, whatever it looks like.
        "x-content-type-options": "nosniff",
        # Some addresses are capabilities (invitations, //unsubscribe/{token}).
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }
    if config.tls is not None:
        headers["strict-transport-security"] = "max-age=31536000"
    added = [
        {"header": {"key": name, "value": value}, "append_action": "ADD_IF_ABSENT"} for name, value in headers.items()
    ]
    if config.cors_origins:
        # A file that a cache got for one page must not be given to another with the first one's permission, or none.
        added.append({"header": {"key": "vary", "value": "origin"}, "append_action": "APPEND_IF_EXISTS_OR_ADD"})
    return added


_FOREIGN = r"[^:].*[^a-z0-9_.-].*|[^:a-z0-9_.-].*|.*-bin"
"""Names of headers; those that begin with a colon are of HTTP/2 and stay."""


def _untrusted_headers(trusted_hops: int) -> list[Yaml]:
    """What nobody outside may say: with proxies in front x-forwarded-for is theirs, without it is invented."""
    envoys = {"remove_on_match": {"key_matcher": {"prefix": "x-envoy-", "ignore_case": True}}}
    # Names that HTTP allows and gRPC does not (x!y), and binary metadata, which nothing of ours reads: where grpcio
    # cannot read one of these, it answers the whole call with INTERNAL and no reason.
    foreign = {"remove_on_match": {"key_matcher": {"safe_regex": {"regex": _FOREIGN}}}}
    return [envoys, foreign] if trusted_hops else [envoys, foreign, {"remove": "x-forwarded-for"}]


def _origin(origin: str) -> Yaml:
    if "*" not in origin:
        return {"exact": origin, "ignore_case": True}
    regex = ".*" if origin == "*" else re.escape(origin).replace(r"\*", "[A-Za-z0-9.-]+")
    return {"safe_regex": {"regex": regex}}


def _address_rate(rate: AddressRate | None) -> list[Yaml]:
    if rate is None:
        return []
    bucket = {"max_tokens": rate.burst, "tokens_per_fill": rate.per_second, "fill_interval": "1s"}
    # No value: any address, each with a bucket of its own.
    return [{"entries": [{"key": "masked_remote_address"}], "token_bucket": bucket}]
