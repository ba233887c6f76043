"""Which pages may call, and what they may see of the answer."""

import pytest

from tests.edge.conftest import ORIGIN
from tests.edge.edges import Edge

PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "content-type,x-grpc-web"}
PATHS = ["/cnt.testing.v1.EdgeService/See", "/api/v1/edge/things/ann", "/media/x.mp3"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", [ORIGIN, "https://a.example.net", "https://a.b.example.net"])
async def test_a_known_origin_may_call(front: Edge, path: str, origin: str) -> None:
    answer = await front.ask("OPTIONS", path, headers={"origin": origin} | PREFLIGHT)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == origin
    allowed = answer.headers["access-control-allow-headers"].replace(" ", "").split(",")
    wanted = "content-type authorization x-grpc-web x-user-agent grpc-timeout idempotency-key x-request-id range"
    assert {*wanted.split()} <= {*allowed}
    verbs = answer.headers["access-control-allow-methods"].replace(" ", "").split(",")
    assert {*verbs} == {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
    assert answer.headers["access-control-max-age"] == "7200"
    # There are no cookies; credentials would only widen what a mistake here gives away.
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.com",
        "http://app.example.org",
        "https://app.example.org.evil.com",
        "https://app-example.org",
        "https://evil-example.net",
        "https://example.net",
        "null",
    ],
)
async def test_a_foreign_origin_may_not(front: Edge, path: str, origin: str) -> None:
    for verb, headers in (("OPTIONS", PREFLIGHT), ("GET", {})):
        answer = await front.ask(verb, path, headers={"origin": origin} | headers)
        assert "access-control-allow-origin" not in answer.headers


async def test_a_page_sees_status_and_details(front: Edge) -> None:
    for path in ("/api/v1/edge/things/ann", "/api/v1/edge/fail/5"):
        answer = await front.ask("GET", path, headers={"origin": ORIGIN})
        shown = {*answer.headers["access-control-expose-headers"].replace(" ", "").split(",")}
        assert {"grpc-status", "grpc-message", "grpc-status-details-bin", "retry-after", "x-request-id"} <= shown
        # Otherwise a cache gives one page's answer, with its permission, to another.
        assert "origin" in answer.headers["vary"].lower()
