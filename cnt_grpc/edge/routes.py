"""The route table, computed from the contract: which path goes where, for how long, and how large it may be.

A JSON call is matched twice: by its own path when it arrives, and as /package.Service/Method once it is transcoded. The
first match decides which filters run (and so how large the body may be), the second decides cluster and time-outs.
"""

import re
from collections.abc import Iterable

from cnt_grpc.edge.contract import Binding, Contract, Method
from cnt_grpc.edge.errors import Yaml
from cnt_grpc.kit.rpc.policy import UNARY_DEADLINE

CALLS = "calls"
"""The cluster of short unary calls. The clusters are one set of servers with separate limits, so that ten thousand idle
streams leave room for calls, and a flood of calls is refused while streams live on."""

STREAMS = "streams"
SIDE = "side"

GRACE = 2.0
"""Seconds that a route outlives the server's own deadline: the server's answer says more than Envoy's."""

ARRIVAL = 60.0
"""Seconds that the body of a unary call (1 MiB at most) may take to arrive."""

SILENCE = 60
"""Seconds without a byte after which a stream is dead. Servers beat every 10 s, uploads move or are resumed."""

PROBES = ("/health", "/readyz")
GOOGLE_CALLBACK = "/api/v1/auth/google/callback"
REDIRECTS = ("/api/v1/auth/google", GOOGLE_CALLBACK)
"""Addresses of the JSON API that answer with redirects, which no RPC can."""

READS_COOKIES = frozenset({f"side {GOOGLE_CALLBACK}"})
"""Routes whose server reads a cookie: who comes back from Google must be the browser that left. Tokens lie in
`authorization`, and so no other route passes one on."""

_ALWAYS_SERVED = (
    "grpc.health.v1.Health",
    "grpc.reflection.v1alpha.ServerReflection",
)

_FILTER_CONFIG = "type.googleapis.com/envoy.config.route.v3.FilterConfig"
_OFF: Yaml = {"@type": _FILTER_CONFIG, "disabled": True}
_ON: Yaml = {"@type": _FILTER_CONFIG, "config": {}}

_FOR_EVER: Yaml = {"max_stream_duration": "0s"}

_LARGE_BODY: Yaml = {"body_size_limit": _OFF, "body_size_limit_of_uploads": _ON}
_PLAIN: Yaml = {"tidy": _OFF, "grpc_web": _OFF, "grpc_json_transcoder": _OFF}


_NOWHERE: Yaml = {
    # What no route takes is refused here and never reaches a server. No direct_response, which has no CORS headers: a
    # cluster that is not there, named by a header that the edge removes from every request.
    "name": "nowhere",
    "match": {"prefix": "/"},
    "route": {"cluster_header": "x-envoy-nowhere", "cluster_not_found_response_code": "NOT_FOUND"},
}


def routes(contract: Contract) -> list[Yaml]:
    """Every route in the order in which Envoy tries them."""
    return [route if route["name"] in READS_COOKIES else _without_cookies(route) for route in _all_routes(contract)]


def _without_cookies(route: Yaml) -> Yaml:
    # Here and not for all routes at once: Envoy has no way to take such a word back for one of them.
    return {**route, "request_headers_to_remove": ["cookie"]}


def _all_routes(contract: Contract) -> list[Yaml]:
    uploads = [method for method in contract.methods if method.client_streaming]
    return [
        # A load balancer asks often and from one address: no limit by address.
        *(_to_side(path, {"path": path}, local_ratelimit=_OFF) for path in PROBES),
        _to_side("/docs", {"path_separated_prefix": "/docs"}),
        _to_side("/openapi.json", {"path": "/openapi.json"}),
        _to_side("/media/", {"prefix": "/media/"}),
        *(_to_side(path, {"path": path}) for path in REDIRECTS),
        *(_own_route(method) for method in contract.methods if _is_special(method)),
        *(_service_route(service) for service in contract.services),
        *(_standard_route(service) for service in _ALWAYS_SERVED),
        *(_upload_route(method, binding) for method in uploads for binding in method.bindings),
        *(_json_route(prefix) for prefix in json_prefixes(contract.methods)),
        _NOWHERE,
    ]


def json_prefixes(methods: Iterable[Method]) -> list[str]:
    """What JSON paths begin with: /api/v1/ and, for paths outside it, whatever precedes their first variable."""
    templates = [binding.template for method in methods for binding in method.bindings]
    outside = {template.partition("{")[0] for template in templates if not template.startswith("/api/v1/")}
    return ["/api/v1/", *sorted(outside)]


def path_regex(template: str) -> str:
    """A regular expression for the paths of a google.api.http template, with or without a slash at the end."""
    pieces = re.split(r"(\{[^}]+\}|\*\*|\*)", template)
    return "".join(_piece(piece) for piece in pieces) + "/?"


def _piece(piece: str) -> str:
    if piece.startswith("{"):
        _, equals, segments = piece[1:-1].partition("=")
        return "".join(map(_piece, re.split(r"(\*\*|\*)", segments))) if equals else "[^/]+"
    return {"*": "[^/]+", "**": ".+"}.get(piece) or re.escape(piece)


def _is_special(method: Method) -> bool:
    return method.streaming or method.deadline != UNARY_DEADLINE.total_seconds()


def _own_route(method: Method) -> Yaml:
    route: Yaml = {"name": method.path[1:], "match": {"path": method.path}}
    if not method.streaming:
        return route | {"route": _unary(method.deadline)}
    # Time-out 0: the default of 15 s would end the stream. What ends it is the server, silence, or its longest life.
    route["route"] = {
        "cluster": STREAMS,
        "timeout": "0s",
        "idle_timeout": _seconds(SILENCE),
        "max_stream_duration": {"max_stream_duration": _seconds(method.deadline + GRACE)},
    }
    if method.client_streaming:
        route["typed_per_filter_config"] = _LARGE_BODY
    return route


def longest_call(contract: Contract) -> str:
    """How long a unary call may take in all; a route's time-out begins only when the body has arrived."""
    deadlines = [method.deadline for method in contract.methods if not method.streaming]
    return _seconds(max(deadlines, default=0) + GRACE + ARRIVAL)


def _unary(deadline: float) -> Yaml:
    # No max_stream_duration here: a route that has one ignores its time-out.
    cluster = CALLS if deadline <= UNARY_DEADLINE.total_seconds() else STREAMS
    return {"cluster": cluster, "timeout": _seconds(deadline + GRACE)}


def _service_route(service: str) -> Yaml:
    return {"name": service, "match": {"prefix": f"/{service}/"}, "route": _unary(UNARY_DEADLINE.total_seconds())}


def _standard_route(service: str) -> Yaml:
    route = {"cluster": STREAMS, "timeout": "0s", "idle_timeout": _seconds(SILENCE), "max_stream_duration": _FOR_EVER}
    return {"name": service, "match": {"prefix": f"/{service}/"}, "route": route}


def _upload_route(method: Method, binding: Binding) -> Yaml:
    verb = {"name": ":method", "string_match": {"exact": binding.verb}}
    return {
        "name": f"{method.path[1:]} {binding.verb} {binding.template}",
        "match": {"safe_regex": {"regex": path_regex(binding.template)}, "headers": [verb]},
        "route": {"cluster": STREAMS},
        "typed_per_filter_config": _LARGE_BODY,
    }


def _json_route(prefix: str) -> Yaml:
    return {"name": f"json {prefix}", "match": {"prefix": prefix}, "route": {"cluster": CALLS}}


def _to_side(name: str, match: Yaml, **filters: Yaml) -> Yaml:
    # 0 is without end: a film takes as long as its viewer's line takes. A player that pauses reads nothing for a while,
    # so silence ends it only after the edge's general 300 s.
    route = {"cluster": SIDE, "timeout": "0s", "max_stream_duration": _FOR_EVER}
    return {"name": f"side {name}", "match": match, "route": route, "typed_per_filter_config": _PLAIN | filters}


def _seconds(value: float) -> str:
    return f"{value:g}s"
