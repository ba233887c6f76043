"""What the server is told of a caller: only what the edge saw itself, whatever the caller writes."""

import json
from dataclasses import replace

import grpc
import pytest

from cnt_grpc.edge import EdgeConfig
from tests.dev.processes import eventually
from tests.edge.edges import Edge, edge
from tests.pb.cnt.testing.v1 import edge_service_pb2 as pb2

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


NONSENSE = {
    "grpc-timeout": "soon",
    "grpc-encoding": "rot13",
    "grpc-accept-encoding": "rot13,,;",
    "grpc-previous-rpc-attempts": "many",
    "grpc-retry-pushback-ms": "x",
    "grpc-status": "0",
    "grpc-message": "done",
}


@pytest.mark.parametrize("kind", ["", "application/json", "text/plain", "application/x-grpc", "Application/JSON"])
async def test_words_of_grpc_mean_nothing_from_who_speaks_json(front: Edge, kind: str) -> None:
    """Each of them by itself, and all at once."""
    for said in (*({name: text} for name, text in NONSENSE.items()), NONSENSE):
        answer = await front.ask("GET", SEE, headers={**said, **({"content-type": kind} if kind else {})})
        assert answer.status == 200, (said, answer)
        # Envoy itself says what it can decompress.
        assert not said.keys() - {"grpc-accept-encoding"} & answer.json["headers"].keys()


@pytest.mark.parametrize("name", NONSENSE)
async def test_nonsense_from_who_speaks_grpc_is_not_heard(front: Edge, name: str) -> None:
    """grpcio would answer with INTERNAL and words of its own."""
    body = pb2.SeeRequest(name="ann").SerializeToString()
    framed = b"\0" + len(body).to_bytes(4, "big") + body
    for kind in ("application/grpc-web+proto", "application/grpc-web"):
        headers = {"content-type": kind, "x-grpc-web": "1", name: NONSENSE[name]}
        answer = await front.ask("POST", "/cnt.testing.v1.EdgeService/See", data=framed, headers=headers)
        assert b"grpc-status:0" in answer.body, answer


async def test_what_grpc_says_of_itself_passes(front: Edge) -> None:
    """A deadline of the caller's ends the call: this method sleeps for a minute."""
    body = b"\0\0\0\0\0"
    headers = {"content-type": "application/grpc-web+proto", "x-grpc-web": "1", "grpc-timeout": "200m"}
    answer = await front.ask("POST", "/cnt.testing.v1.EdgeService/Sleep", data=body, headers=headers)
    assert answer.headers["grpc-status"] == str(grpc.StatusCode.DEADLINE_EXCEEDED.value[0]), answer


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


async def test_only_who_comes_back_from_google_brings_a_cookie(front: Edge) -> None:
    """Which browser it is, is sealed in one; everybody else is told nothing."""
    for path, passes in (
        ("/api/v1/auth/google/callback?state=s&code=c", True),
        ("/api/v1/auth/google", False),
        ("/docs", False),
        ("/media/x/../../docs", False),
    ):
        answer = await front.ask("GET", path, headers={"cookie": "cnt_google=sealed"})
        seen = {name.lower(): value for name, value in json.loads(answer.body)["headers"].items()}
        assert seen.get("cookie") == ("cnt_google=sealed" if passes else None), path


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
