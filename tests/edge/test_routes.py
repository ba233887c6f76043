"""Which route each method of the real contract takes, in each of its spellings, and for how long."""

import re
from collections.abc import Iterable
from typing import Any

import pytest
import yaml

from cnt_grpc.edge import render
from cnt_grpc.edge.__main__ import IMAGE, production
from cnt_grpc.edge.contract import Method, read_contract
from cnt_grpc.edge.routes import path_regex

CONTRACT = read_contract(IMAGE)
RENDERED = yaml.safe_load(render(production()))
HTTP = RENDERED["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
ROUTES = HTTP["route_config"]["virtual_hosts"][0]["routes"]


def first_route(path: str, verb: str = "POST") -> dict[str, Any]:
    """The route that Envoy takes for a path without a query."""
    found: dict[str, Any] = next(route for route in ROUTES if fits(route["match"], path, verb))
    return found


def fits(match: dict[str, Any], path: str, verb: str) -> bool:
    """Whether Envoy would take this route; knows the kinds of match that we use and fails at others."""
    for header in match.get("headers", ()):
        assert header["name"] == ":method"
        if header["string_match"]["exact"] != verb:
            return False
    match {name: value for name, value in match.items() if name != "headers"}:
        case {"path": wanted}:
            return bool(path == wanted)
        case {"prefix": wanted}:
            return path.startswith(wanted)
        case {"path_separated_prefix": wanted}:
            return f"{path}/".startswith(f"{wanted}/")
        case {"safe_regex": {"regex": wanted}}:
            return re.fullmatch(wanted, path) is not None
    raise AssertionError(match)


def takes_large_bodies(route: dict[str, Any]) -> bool:
    """Whether uploads' limit replaces the usual one."""
    filters = route.get("typed_per_filter_config", {})
    large = "config" in filters.get("body_size_limit_of_uploads", {})
    assert large is bool(filters.get("body_size_limit", {}).get("disabled"))
    return large


def named(methods: Iterable[Method]) -> list[Any]:
    """Parameters of a test, named by method."""
    return [pytest.param(each, id=each.path[1:]) for each in methods]


@pytest.mark.parametrize("method", named(each for each in CONTRACT.methods if not each.streaming))
def test_a_unary_call_ends_just_after_the_servers_deadline(method: Method) -> None:
    route = first_route(method.path)["route"]
    assert route["timeout"] == f"{method.deadline + 2:g}s"
    assert route["cluster"] == ("calls" if method.deadline <= 15 else "streams")
    # With it, Envoy ignores the time-out.
    assert "max_stream_duration" not in route
    assert float(HTTP["common_http_protocol_options"]["max_stream_duration"][:-1]) >= method.deadline + 2


@pytest.mark.parametrize("method", named(each for each in CONTRACT.methods if each.streaming))
def test_a_stream_ends_by_silence_or_just_after_the_servers_deadline(method: Method) -> None:
    route = first_route(method.path)
    assert route["route"] == {
        "cluster": "streams",
        "timeout": "0s",
        "idle_timeout": "60s",
        "max_stream_duration": {"max_stream_duration": f"{method.deadline + 2:g}s"},
    }
    assert takes_large_bodies(route) is method.client_streaming


@pytest.mark.parametrize("method", named(each for each in CONTRACT.methods if each.bindings))
def test_each_json_path_has_a_route_with_the_right_limit(method: Method) -> None:
    for binding in method.bindings:
        path = re.sub(r"\{[^}]+\}", "x", binding.template)
        for spelling in (path, f"{path}/"):
            route = first_route(spelling, binding.verb)
            assert route["route"].get("cluster") in {"calls", "streams"}, spelling
            assert takes_large_bodies(route) is method.client_streaming, spelling


def test_no_cookie_passes_but_to_where_it_is_read() -> None:
    """One route alone reads one; whatever is added drops them."""
    passing = [route["name"] for route in ROUTES if "cookie" not in route.get("request_headers_to_remove", ())]
    assert passing == ["side /api/v1/auth/google/callback"]
    assert first_route("/api/v1/auth/google/callback", "GET")["name"] == passing[0]


def test_what_is_nowhere_goes_nowhere() -> None:
    for path in ("/", "/metrics", "/cnt.auth.v1.Nope/Login", "/api/v2/x", "/media", "/health/x"):
        assert first_route(path)["name"] == "nowhere"


@pytest.mark.parametrize(
    ("template", "fits", "not_fits"),
    [
        ("/a/{id}", ["/a/1", "/a/1/"], ["/a/", "/a/1/b", "/ab"]),
        ("/a/{id}:end", ["/a/1:end"], ["/a/1", "/a/1:ended"]),
        ("/a/{file=**}", ["/a/b/c"], ["/a/"]),
        ("/a/{name=b/*}/c", ["/a/b/x/c"], ["/a/x/c", "/a/b/x/y/c"]),
        ("/a.b", ["/a.b"], ["/axb"]),
    ],
)
def test_a_template_as_a_regular_expression(template: str, fits: list[str], not_fits: list[str]) -> None:
    assert all(re.fullmatch(path_regex(template), path) for path in fits)
    assert not any(re.fullmatch(path_regex(template), path) for path in not_fits)
