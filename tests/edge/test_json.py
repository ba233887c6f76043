"""JSON through the edge: what callers may rely on, trap by trap."""

from tests.edge.conftest import ORIGIN
from tests.edge.edges import Edge

THINGS = "/api/v1/edge/things"


async def test_names_are_those_of_the_contract_and_defaults_are_printed(front: Edge) -> None:
    answer = await front.ask("GET", f"{THINGS}/ann")
    assert answer.status == 200
    assert {k: answer.json[k] for k in ("name", "q", "nothing", "edge_mood", "filler")} == {
        "name": "ann",
        "q": "",
        "nothing": "0",  # int64 is a string, even nought
        "edge_mood": "EDGE_MOOD_CALM",
        "filler": "",
    }


async def test_paths_and_parameters_are_unescaped(front: Edge) -> None:
    answer = await front.ask("GET", f"{THINGS}/ann%40example.org?q=amazing+grace%21")
    assert (answer.json["name"], answer.json["q"]) == ("ann@example.org", "amazing grace!")
    assert (await front.ask("GET", f"{THINGS}/jos%C3%A9")).json["name"] == "josé"


async def test_a_slash_at_the_end_changes_nothing(front: Edge) -> None:
    for path in (THINGS, f"{THINGS}/ann", "/edge-outside/ann"):
        without, with_slash = await front.ask("GET", f"{path}?q=1"), await front.ask("GET", f"{path}/?q=1")
        assert without.status == with_slash.status == 200
        assert without.json["name"] == with_slash.json["name"]
        assert without.json["q"] == with_slash.json["q"] == "1"


async def test_slashes_are_merged_and_dots_resolved(front: Edge) -> None:
    assert (await front.ask("GET", "//api///v1/edge/x/../things//ann")).json["name"] == "ann"


async def test_a_wrong_verb_is_refused(front: Edge) -> None:
    for verb in ("DELETE", "PUT", "OPTIONS"):
        answer = await front.ask(verb, f"{THINGS}/ann")
        assert (answer.status, answer.reason, answer.json["code"]) == (404, "NO_SUCH_METHOD", 5)


async def test_an_unknown_path_is_refused_and_reaches_no_server(front: Edge) -> None:
    for path in ("/nowhere", "/api/v1/nowhere", "/metrics", "/cnt.testing.v1.EdgeService/See", "/favicon.ico"):
        answer = await front.ask("GET", path, headers={"origin": ORIGIN})
        assert (answer.status, answer.reason) == (404, "NO_SUCH_METHOD")
        assert answer.headers["access-control-allow-origin"] == ORIGIN


async def test_an_unknown_parameter_is_refused(front: Edge) -> None:
    answer = await front.ask("GET", f"{THINGS}/ann?limit=3")
    assert (answer.status, answer.reason) == (400, "MALFORMED")
    assert "limit" in answer.json["message"]


async def test_the_path_beats_no_body_and_no_body_the_path(front: Edge) -> None:
    answer = await front.ask("PATCH", f"{THINGS}/ann", json={"name": "bob", "title": "x"})
    assert (answer.status, answer.reason) == (400, "MALFORMED")
    answer = await front.ask("PATCH", f"{THINGS}/ann", json={"title": "x"})
    assert answer.json == {"name": "ann", "title": "x"}


async def test_a_verb_after_a_colon(front: Edge) -> None:
    answer = await front.ask("POST", f"{THINGS}/ann:change", json={"title": "x"})
    assert answer.json == {"name": "ann", "title": "x"}
    assert (await front.ask("POST", f"{THINGS}/ann:other", json={})).status == 404


async def test_malformed_json_says_where(front: Edge) -> None:
    for body in (b"{not json", b'{"title": 3}', b'{"title": "\xff"}', b"[]"):
        answer = await front.ask("PATCH", f"{THINGS}/ann", data=body)
        assert (answer.status, answer.reason, answer.json["code"]) == (400, "MALFORMED", 3), body
        assert answer.json["message"]


async def test_a_field_that_does_not_exist_is_ignored(front: Edge) -> None:
    """Known and not to be changed here: Envoy has no option for it."""
    answer = await front.ask("PATCH", f"{THINGS}/ann", json={"title": "x", "tittle": "y"})
    assert answer.json == {"name": "ann", "title": "x"}


async def test_any_content_type_is_json(front: Edge) -> None:
    """Why nothing may be trusted because a browser added it: a foreign page's form can send this without asking."""
    headers = {"content-type": "text/plain"}
    answer = await front.ask("PATCH", f"{THINGS}/ann", data=b'{"title": "x"}', headers=headers)
    assert answer.json == {"name": "ann", "title": "x"}


async def test_errors_of_the_server_keep_code_text_and_details(front: Edge) -> None:
    answer = await front.ask("GET", "/api/v1/edge/fail/9")
    assert answer.status == 400
    assert answer.json == {
        "code": 9,
        "message": "as you wished: 100 %, ü",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "PROBE_FAILED",
                "domain": "cnt",
                "metadata": {"key": "value"},
            },
            {"@type": "type.googleapis.com/google.rpc.RequestInfo", "request_id": "r-1", "serving_data": ""},
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "field_violations": [{"field": "code", "description": "is a code", "reason": ""}],
            },
        ],
    }


async def test_each_code_has_its_status(front: Edge) -> None:
    statuses = {1: 499, 3: 400, 4: 504, 5: 404, 6: 409, 7: 403, 8: 429, 9: 400, 10: 409, 11: 400, 12: 501, 13: 500}
    for code, status in (statuses | {14: 503, 15: 500, 16: 401}).items():
        answer = await front.ask("GET", f"/api/v1/edge/fail/{code}")
        assert (answer.status, answer.json["code"]) == (status, code)


async def test_large_answers_are_compressed_and_small_ones_not(front: Edge) -> None:
    large = await front.ask("GET", f"{THINGS}/ann?size=100000", headers={"accept-encoding": "gzip"})
    small = await front.ask("GET", f"{THINGS}/ann", headers={"accept-encoding": "gzip"})
    assert large.headers["content-encoding"] == "gzip"
    assert len(large.body) < 5_000
    assert "content-encoding" not in small.headers


async def test_an_answer_of_megabytes_arrives_whole(front: Edge) -> None:
    answer = await front.ask("GET", f"{THINGS}/ann?size=5000000")
    assert len(answer.json["filler"]) == 5_000_000


async def test_a_file_that_is_no_json(front: Edge) -> None:
    answer = await front.ask("GET", "/edge-files/2000000.txt")
    assert (answer.status, answer.headers["content-type"], len(answer.body)) == (200, "text/plain", 2_000_000)


async def test_answers_are_not_kept_by_caches_nor_taken_for_pages(front: Edge) -> None:
    for path in (f"{THINGS}/ann", "/api/v1/edge/fail/5", "/nowhere"):
        headers = (await front.ask("GET", path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["server"] == "cnt"
        assert not [name for name in headers if name.startswith("x-envoy")]


async def test_the_side_serves_files_with_ranges(front: Edge) -> None:
    whole = await front.ask("GET", "/media/audio/x.mp3")
    part = await front.ask("GET", "/media/audio/x.mp3", headers={"range": "bytes=10000-"})
    head = await front.ask("HEAD", "/media/audio/x.mp3")
    assert (whole.status, part.status, head.status) == (200, 206, 200)
    assert part.body == whole.body[10000:]
    assert part.headers["content-range"] == "bytes 10000-10239/10240"
    assert (head.body, head.headers["content-length"], head.headers["etag"]) == (b"", "10240", '"1"')


async def test_the_side_serves_documentation_and_health_and_nothing_else(front: Edge) -> None:
    for path in ("/health", "/readyz", "/docs", "/docs/", "/docs/x.js", "/openapi.json"):
        answer = await front.ask("GET", path)
        assert (answer.status, b'"side"' in answer.body) == (200, True), path
    for path in ("/metrics", "/media", "/health/x", "/docs/../metrics", "/media/../metrics"):
        assert (await front.ask("GET", path)).status == 404, path
