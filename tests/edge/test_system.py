"""The whole system through its door: what a person does with a phone, a browser and curl, from end to end."""

import asyncio
import json
import secrets
import sys
import time
import urllib.parse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import grpc
import pytest
from grpc_health.v1 import health_pb2

from cnt_grpc.edge.__main__ import IMAGE
from cnt_grpc.edge.contract import Binding, Method, read_contract
from tests.edge.edges import Answer, Edge
from tests.edge.grpc_web import call_grpc_web
from tests.harness.api import Api
from tests.harness.world import World
from tests.media import makers

METHODS = read_contract(IMAGE).methods
PASSWORD = "a password of nine words that nobody else has"


class Someone:
    """A person at the edge with nothing but HTTP."""

    def __init__(self, gate: Edge, token: str) -> None:
        self.gate = gate
        self.token = token

    async def ask(self, verb: str, path: str, **options: Any) -> Answer:
        """A call that must succeed."""
        headers = {"authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        answer = await self.gate.ask(verb, f"/api/v1{path}", headers=headers, **options)
        assert answer.status == 200, answer
        return answer

    @asynccontextmanager
    async def watching(self, after: int = 0) -> AsyncIterator[aiohttp.StreamReader]:
        """An open stream of notifications, as `curl -N` has it."""
        url = f"{self.gate.url}/api/v1/notifications/stream?after_seq={after}"
        async with self.gate.http.get(url, headers={"authorization": f"Bearer {self.token}"}) as answer:
            assert answer.status == 200
            yield answer.content


async def signed_up(gate: Edge) -> Someone:
    """A new person, by the front door."""
    email = f"{secrets.token_hex(6)}@example.org"
    given = {"email": email, "password": PASSWORD, "name": "Ann Example"}
    made = await gate.ask("POST", "/api/v1/auth/register", json=given)
    for _ in range(20):
        # Everybody here has one address, whose limits other tests may have used up a moment ago.
        if made.status not in {429, 503}:
            break
        await asyncio.sleep(1)
        made = await gate.ask("POST", "/api/v1/auth/register", json=given)
    assert (made.status, made.json.get("email")) == (200, email), made
    answer = await gate.ask("POST", "/api/v1/auth/login", json={"username_or_email": email, "password": PASSWORD})
    answer = await gate.ask("POST", "/api/v1/auth/refresh", json={"refresh_token": answer.json["refresh_token"]})
    return Someone(gate, answer.json["access_token"])


async def next_notification(lines: aiohttp.StreamReader) -> dict[str, Any]:
    """The next line that is a notification, whatever beats before it; within a second."""
    async with asyncio.timeout(1):
        while True:
            line: dict[str, Any] = json.loads(await lines.readline())
            if found := line.get("notification"):
                return dict(found)


async def test_a_sermon_from_the_phone_to_the_listener(gate: Edge, world: World, tmp_path: Path) -> None:
    ann = await signed_up(gate)
    admin = Someone(gate, (await world.user(roles={"admin"})).token)
    assert (await ann.ask("GET", "/users/me")).json["user"]["name"] == "Ann Example"

    sound = makers.tone(tmp_path / "sermon.mp3", 3.3).read_bytes()
    form = aiohttp.FormData()
    form.add_field("file", sound, filename="sermon.mp3", content_type="audio/mpeg")
    upload = (await ann.ask("POST", "/upload/audio", data=form)).json
    assert (int(upload["size"]), upload["content_type"]) == (len(sound), "audio/mpeg")
    assert 3 <= upload["duration"] <= 4

    podcast = (await ann.ask("POST", "/podcasts", json={"title": "On hope", "media_id": upload["media_id"]})).json[
        "podcast"
    ]
    number = podcast["podcast_id"]
    assert number not in await listed(gate)
    async with ann.watching() as lines:
        await lines.readline()
        started = time.monotonic()
        await admin.ask("POST", f"/admin/approve/podcast/{number}", json={})
        notice = await next_notification(lines)
        assert time.monotonic() - started < 1
        assert (notice["data"]["content_id"], notice["data"]["content_type"]) == (number, "podcast")
    async with ann.watching() as lines:
        assert await next_notification(lines) == notice
    assert (await listed(gate))[number]["title"] == "On hope"

    # The address names the edge of the settings; here it is another port.
    path = urllib.parse.urlsplit((await listed(gate))[number]["media_url"]).path
    whole, part = await gate.ask("GET", path), await gate.ask("GET", path, headers={"range": "bytes=1000-1999"})
    assert (whole.status, whole.body) == (200, sound)
    assert (part.status, part.body) == (206, sound[1000:2000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(sound)}"


async def listed(gate: Edge) -> dict[str, Any]:
    """The public list, which anyone may read, by id; fresh enough to hold what happened a second ago."""
    await asyncio.sleep(1.1)  # the policy lets an answer be repeated for a second
    answer = await gate.ask("GET", "/api/v1/podcasts/?page_size=100")
    return {item["podcast_id"]: item for item in answer.json["podcasts"]}


async def test_nobody_is_told_apart_from_somebody_without_a_right(gate: Edge) -> None:
    answer = await gate.ask("GET", "/api/v1/users/me")
    assert (answer.status, answer.reason) == (401, "NOT_SIGNED_IN")
    answer = await gate.ask("GET", "/api/v1/users/me", headers={"authorization": "Bearer x"})
    assert (answer.status, answer.reason) == (401, "NOT_SIGNED_IN")
    ann = await signed_up(gate)
    answer = await gate.ask("GET", "/api/v1/admin/pending", headers={"authorization": f"Bearer {ann.token}"})
    assert (answer.status, answer.reason) == (403, "ROLE_MISSING")


async def test_every_violation_is_told(gate: Edge) -> None:
    answer = await gate.ask("POST", "/api/v1/auth/register", json={})
    assert (answer.status, answer.reason) == (400, "INVALID")
    fields = {
        violation["field"]
        for detail in answer.json["details"]
        if detail["@type"].endswith("BadRequest")
        for violation in detail["field_violations"]
    }
    assert fields == {"email", "password", "name"}


@pytest.mark.parametrize("method", [pytest.param(each, id=each.path[1:]) for each in METHODS if not each.streaming])
async def test_each_method_answers_alike_in_three_protocols(gate: Edge, method: Method) -> None:
    """An empty request of nobody: refused or answered, but by the server, and by the same word."""
    rpc = getattr(Api(gate.channel).service(method.service), method.name)
    web = await call_grpc_web(gate, method.path, rpc.request())
    call: grpc.aio.UnaryUnaryCall[Any, Any] = rpc().start()
    assert await call.code() is web.code
    assert web.code not in {grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL}
    for binding in method.bindings:
        answer = await in_json(gate, binding)
        if answer.status != 200:
            assert answer.json["code"] not in {2, 12, 13}, answer
            assert answer.reason not in {"NO_SUCH_METHOD", "MALFORMED"}, answer


@pytest.mark.parametrize("method", [pytest.param(each, id=each.path[1:]) for each in METHODS if each.streaming])
async def test_each_stream_has_its_json(gate: Edge, method: Method) -> None:
    for binding in method.bindings:
        # Of a thing that nobody has: every stream of ours refuses it, or asks who calls, before it sends anything.
        answer = await in_json(gate, binding, variable=str(2**62))
        assert answer.status in {400, 401, 404}, answer
        assert answer.reason not in {"NO_SUCH_METHOD", "MALFORMED"}, answer


async def in_json(gate: Edge, binding: Binding, variable: str = "1") -> Answer:
    """A call with this for each variable of the path, and an empty object for a body."""
    path = "".join(variable if piece.startswith("{") else piece for piece in split(binding.template))
    if binding.verb in {"GET", "DELETE"}:
        return await gate.ask(binding.verb, path)
    return await gate.ask(binding.verb, path, json={})


def split(template: str) -> list[str]:
    """A template's variables and what is between them."""
    return template.replace("{", "\n{").replace("}", "}\n").split("\n")


async def test_health_by_grpc(gate: Edge) -> None:
    check: grpc.aio.UnaryUnaryMultiCallable[Any, Any] = gate.channel.unary_unary(
        "/grpc.health.v1.Health/Check",
        request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
        response_deserializer=health_pb2.HealthCheckResponse.FromString,
    )
    assert (await check(health_pb2.HealthCheckRequest())).status == health_pb2.HealthCheckResponse.SERVING


async def test_a_stranger_with_buf_curl_and_nothing_else(gate: Edge) -> None:
    """By reflection, through the edge: no proto at hand."""
    services = await buf_curl(gate, "--list-services")
    assert {*services.split()} >= {method.service for method in METHODS}
    answer = json.loads(await buf_curl(gate, "/cnt.content.v1.ContentService/ListCategories"))
    assert isinstance(answer, dict)


async def buf_curl(gate: Edge, *words: str) -> str:
    """What `buf curl` prints."""
    *options, path = words if words[-1].startswith("/") else (*words, "")
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("buf"),
        *("curl", "--protocol", "grpc", "--http2-prior-knowledge", *options, gate.url + path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode()


async def test_alive_and_ready_and_no_metrics(gate: Edge) -> None:
    assert (await gate.ask("GET", "/health")).status == 200
    assert (await gate.ask("GET", "/readyz")).status == 200
    assert (await gate.ask("GET", "/metrics")).status == 404
