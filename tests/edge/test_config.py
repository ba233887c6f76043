"""The rendered configuration, value by value, against Envoy's checklist for an edge."""

from typing import Any

import pytest
import yaml

from cnt_grpc.edge import ENVOY_OPTIONS, render
from cnt_grpc.edge.__main__ import IMAGE, production
from cnt_grpc.edge.contract import read_contract

CONTRACT = read_contract(IMAGE)
RENDERED = yaml.safe_load(render(production()))
LISTENER = RENDERED["static_resources"]["listeners"][0]
HTTP = LISTENER["filter_chains"][0]["filters"][0]["typed_config"]
FILTERS = {each["name"]: each for each in HTTP["http_filters"]}
HOST = HTTP["route_config"]["virtual_hosts"][0]
CLUSTERS = {each["name"]: each for each in RENDERED["static_resources"]["clusters"]}


def value(path: str) -> Any:
    """The value at `a.b.0.c` below the listener's HTTP settings, or from the top when it begins with a dot."""
    found: Any = RENDERED if path.startswith(".") else HTTP
    for step in path.strip(".").split("."):
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        # Envoy's guide "Configuring Envoy as an edge proxy", in its order.
        (".admin.address.socket_address.address", "127.0.0.1"),
        (".overload_manager.refresh_interval", "0.25s"),
        (".overload_manager.resource_monitors.0.typed_config.max_heap_size_bytes", 1 << 30),
        (".overload_manager.resource_monitors.1.typed_config.max_active_downstream_connections", 20_000),
        (".overload_manager.actions.0.name", "envoy.overload_actions.shrink_heap"),
        (".overload_manager.actions.2.name", "envoy.overload_actions.stop_accepting_requests"),
        (".static_resources.listeners.0.per_connection_buffer_limit_bytes", 32768),
        ("use_remote_address", True),
        ("common_http_protocol_options.idle_timeout", "3600s"),
        ("common_http_protocol_options.headers_with_underscores_action", "REJECT_REQUEST"),
        ("http2_protocol_options.max_concurrent_streams", 100),
        ("http2_protocol_options.initial_stream_window_size", 65536),
        ("http2_protocol_options.initial_connection_window_size", 1048576),
        ("stream_idle_timeout", "300s"),
        ("request_headers_timeout", "10s"),
        ("normalize_path", True),
        ("merge_slashes", True),
        ("path_with_escaped_slashes_action", "REJECT_REQUEST"),
        # What the guide leaves to us.
        ("codec_type", "AUTO"),
        ("xff_num_trusted_hops", 0),
        ("preserve_external_request_id", False),
        ("always_set_request_id_in_response", True),
        ("max_request_headers_kb", 6),
        ("common_http_protocol_options.max_headers_count", 40),
        ("http2_protocol_options.connection_keepalive.interval", "30s"),
        ("http_protocol_options.accept_http_10", False),
        (".static_resources.listeners.0.enable_reuse_port", False),
        (".static_resources.listeners.0.filter_chains.0.transport_socket", None),
    ],
)
def test_a_value_of_the_checklist(path: str, expected: object) -> None:
    assert value(path) == expected


def test_envoy_outlives_its_launcher_and_drains_in_time() -> None:
    options = " ".join(ENVOY_OPTIONS)
    assert "--disable-hot-restart" in options
    assert "--drain-time-s 20" in options


def test_the_order_of_filters() -> None:
    assert [*FILTERS] == [
        *("health_check", "cors", "compressor", "tidy", "body_size_limit", "body_size_limit_of_uploads"),
        *("grpc_web", "grpc_json_transcoder", "local_ratelimit", "router"),
    ]
    assert [name for name, each in FILTERS.items() if each.get("disabled")] == ["body_size_limit_of_uploads"]


def test_the_transcoder() -> None:
    settings = FILTERS["grpc_json_transcoder"]["typed_config"]
    assert settings["services"] == list(CONTRACT.services)
    assert settings["proto_descriptor"] == "/etc/cnt-envoy/cnt.binpb"
    assert settings["convert_grpc_status"] is True
    assert settings["request_validation_options"] == {
        "reject_unknown_method": True,
        "reject_unknown_query_parameters": True,
        "reject_binding_body_field_collisions": True,
    }
    assert settings["print_options"] == {
        "preserve_proto_field_names": True,
        "always_print_primitive_fields": True,
        "always_print_enums_as_ints": False,
        "stream_newline_delimited": True,
    }


def test_the_image_knows_every_detail_of_an_error() -> None:
    """One that it does not know would empty the whole JSON error."""
    image = IMAGE.read_bytes()
    assert b"google/rpc/error_details.proto" in image
    assert b"google/rpc/status.proto" in image


@pytest.mark.parametrize("name", ["calls", "streams"])
def test_a_cluster_of_servers(name: str) -> None:
    cluster = CLUSTERS[name]
    assert cluster["lb_policy"] == "ROUND_ROBIN"
    assert cluster["per_connection_buffer_limit_bytes"] == 32768
    assert cluster["common_lb_config"]["healthy_panic_threshold"] == {"value": 0}
    check = cluster["health_checks"][0]
    assert "grpc_health_check" in check
    assert (check["interval"], check["no_traffic_interval"], check["unhealthy_interval"]) == ("2s", "2s", "0.5s")
    outlier = cluster["outlier_detection"]
    assert outlier["split_external_local_origin_errors"] is True
    assert outlier["enforcing_consecutive_5xx"] == outlier["enforcing_consecutive_gateway_failure"] == 0
    options = cluster["typed_extension_protocol_options"]["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"]
    http2 = options["explicit_http_config"]["http2_protocol_options"]
    assert http2 == {"initial_stream_window_size": 65536, "initial_connection_window_size": 1048576}
    assert CLUSTERS[name]["load_assignment"]["endpoints"] == CLUSTERS["calls"]["load_assignment"]["endpoints"]


def test_circuit_breakers_hold_calls_back_and_streams_not() -> None:
    limits = {name: each["circuit_breakers"]["thresholds"][0]["max_requests"] for name, each in CLUSTERS.items()}
    assert limits == {"calls": 500, "streams": 100_000, "side": 10_000}


def test_only_what_reached_no_server_is_tried_again() -> None:
    assert {*HOST["retry_policy"]["retry_on"].split(",")} == {
        "connect-failure",
        "refused-stream",
        "reset-before-request",
    }
