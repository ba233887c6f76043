"""What the server is told of a caller: only what the edge saw itself, whatever the caller writes."""

import json
from dataclasses import replace

from cnt_grpc.edge import EdgeConfig
from tests.dev.processes import eventually
from tests.edge.edges import Edge, edge

SEE = "/api/v1/edge/things/ann"
CLAIMS = {
    "x-forwarded-for": "6.6.6.6",
    "x-forwarded-proto": "https",
    "x-request-id": "mine",
    "x-envoy-external-address": "6.6.6.6",
    "x-envoy-original-path": "/mine",
    "x-envoy-upstream-rq-timeout-ms": "1",
    "x-envoy-max-retries": "9",
    "x-envoy-internal": "true",
    "x-envoy-nowhere": "calls",
    "X-Envoy-Anything": "x",
    "cookie": "a=b",
}


async def test_claims_of_a_caller_do_not_pass(front: Edge) -> None:
    honest = {"authorization": "Bearer t", "x-mine": "kept"}
    seen = (await front.ask("GET", SEE, headers=CLAIMS | honest)).json["headers"]
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["x-forwarded-proto"] == "http"
    assert (seen["authorization"], seen["x-mine"]) == ("Bearer t", "kept")
    # The two that say that the call was JSON; the path emptied, since its query may hold a token.
    assert {k: v for k, v in seen.items() if k.startswith("x-envoy")} == {
        "x-envoy-original-path": "-",
        "x-envoy-original-method": "GET",
    }
    assert "cookie" not in seen


async def test_names_that_grpc_does_not_know_are_dropped(front: Edge) -> None:
    """HTTP allows more characters in a header's name than gRPC: the server would refuse the call as a defect."""
    answer = await front.ask("GET", SEE, headers={"x!y": "1", "!": "2", "x-y.z": "3", "x-bin": "?"})
    assert answer.status == 200
    assert answer.json["headers"].keys() & {"x!y", "!", "x-y.z", "x-bin"} == {"x-y.z"}


async def test_each_call_has_an_id_of_the_edge(front: Edge) -> None:
    ids = set()
    for _ in range(3):
        answer = await front.ask("GET", SEE, headers={"x-request-id": "mine"})
        assert answer.json["headers"]["x-request-id"] == answer.headers["x-request-id"]
        ids.add(answer.headers["x-request-id"])
    assert len(ids) == 3
    assert "mine" not in ids


async def test_the_side_is_told_the_same(front: Edge) -> None:
    headers = json.loads((await front.ask("GET", "/docs", headers=CLAIMS)).body)["headers"]
    seen = {name.lower(): value for name, value in headers.items()}
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["x-request-id"] != "mine"
    assert not [name for name in seen if name.startswith("x-envoy")]


async def test_behind_a_proxy_its_word_counts_and_nobody_elses(config: EdgeConfig) -> None:
    async with edge(replace(config, trusted_hops=1)) as behind:
        for claim, address in (("8.8.8.8", "8.8.8.8"), ("6.6.6.6, 8.8.8.8", "8.8.8.8"), ("::1", "::1")):
            answer = await behind.ask("GET", SEE, headers={"x-forwarded-for": claim})
            assert answer.json["headers"]["x-forwarded-for"] == address


async def test_header_names_with_underscores_are_refused(front: Edge) -> None:
    answer = await front.ask("GET", SEE, headers={"user_id": "1"})
    assert (answer.status, answer.reason) == (400, "MALFORMED")


async def test_escaped_slashes_are_refused(front: Edge) -> None:
    for path in (f"{SEE}%2Fx", f"{SEE}%5Cx", "/media/..%2fmetrics"):
        answer = await front.ask("GET", path)
        assert (answer.status, answer.reason) == (400, "MALFORMED")
        assert answer.json["message"] == "the request is malformed"


async def test_the_log_knows_the_call_and_no_secret(front: Edge) -> None:
    headers = {"authorization": "Bearer canary-1", "cookie": "canary-2", "user-agent": "canary-3"}
    answer = await front.ask("GET", "/edge-outside/canary-4?q=canary-5", headers=headers)
    await front.ask("GET", "/media/x.mp3?signature=canary-6", headers=headers)
    await front.ask("GET", "/nowhere-to-log?token=canary-7", headers=headers)
    await eventually(lambda: any(line["path"] == "/nowhere-to-log" for line in front.log()))
    lines = front.log()
    assert "canary" not in json.dumps(lines)
    line = next(line for line in lines if line["request_id"] == answer.headers["x-request-id"])
    assert line["path"] == "/cnt.testing.v1.EdgeService/See"
    assert (line["verb"], line["status"], line["grpc_status"], line["address"]) == ("GET", 200, "OK", "127.0.0.1")
    assert any(line["path"] == "/media/x.mp3" for line in lines)
