"""Calls that nobody should make, by gRPC and JSON, to server processes: only statuses of the contract, flat memory."""

import asyncio
import json
import os
import re
import urllib.parse
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random
from typing import Any

import aiohttp
import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from yarl import URL

from cnt_grpc.edge.__main__ import IMAGE
from cnt_grpc.edge.contract import Binding, read_contract
from cnt_grpc.kit.rpc.policy import Method
from tests.conftest import SECRET_KEY
from tests.contract.calls import CODES, caller, requests, send
from tests.contract.methods import BY_NAME, EXAMPLES, example_of
from tests.contract.mutations import DATA, FLOATS, INTEGERS, TEXTS, mutated
from tests.faults.sizes import FULL, say
from tests.faults.whole import Parties, Whole, whole
from tests.harness.api import ApiError
from tests.harness.world import Person

CALLS = int(os.environ.get("CNT_FUZZ_CALLS", "1000"))
SEED = int(os.environ.get("CNT_FUZZ_SEED", "1"))
PARTS = 10
AT_ONCE = 8
HEAVY_SHARE = 0.2
MOST_GROWTH = 25_000_000 if FULL else 100_000_000
"""Bytes by which a server may grow in the second half: in a full run caches are full by then."""

NUMBERS = {code.value[0] for code in CODES}
EDGES_OWN = {404, 405, 408, 413, 414, 431}
"""HTTP statuses with which the edge refuses what is no call at all; in the same shape."""

BINDINGS: dict[str, tuple[Binding, ...]] = {
    each.path[1:]: each.bindings for each in read_contract(IMAGE).methods if each.bindings and not each.client_streaming
}


@dataclass(frozen=True)
class Material:
    """Whose calls of a method are made from what."""

    method: Method
    who: Person
    requests: list[Message]


async def material(made: Whole) -> list[Material]:
    """For each method somebody, and what they may ask for."""
    found = []
    for method in (BY_NAME[name] for name in EXAMPLES):
        who = await caller(made.world, method)
        found.append(Material(method, who, await requests(made.world, method, who)))
    return found


@pytest.fixture(scope="module")
async def messy(tmp_path_factory: pytest.TempPathFactory, parties: Parties) -> AsyncIterator[Whole]:
    """A system of its own: examples make rows by hand, and the standing checks of other tests would wonder at them."""
    async with whole(tmp_path_factory.mktemp("messy"), SECRET_KEY, parties, with_edge=True) as made:
        yield made


@pytest.mark.timeout(7200 if FULL else 120)
async def test_mutated_calls(messy: Whole) -> None:
    random = Random(SEED)
    given = await material(messy)
    weights = [HEAVY_SHARE if example_of(each.method).heavy else 1.0 for each in given]
    failures: list[str] = []
    ended = Counter[str]()

    async def work(random: Random, number: int) -> None:
        for _ in range(number):
            [each] = random.choices(given, weights)
            try:
                if each.method.full_name in BINDINGS and random.random() < 0.5:
                    ended[await as_json(messy, each, random)] += 1
                else:
                    ended[await as_grpc(messy, each, random)] += 1
            except AssertionError as error:
                failures.append(f"{each.method.full_name}: {error}"[:2000])

    memory = []
    for _ in range(PARTS):
        await asyncio.gather(*(work(Random(random.random()), CALLS // PARTS // AT_ONCE) for _ in range(AT_ONCE)))
        memory.append([(await server.metrics())["process_resident_memory_bytes"] for server in messy.servers])
        say(f"{sum(ended.values())} calls; MB of each server: {[round(size / 1e6, 1) for size in memory[-1]]}")
    growth = max(after - before for before, after in zip(memory[PARTS // 2 - 1], memory[-1], strict=True))
    say(f"{dict(ended.most_common())}; grew by {growth / 1e6:.1f} MB in the second half")
    assert not failures, "\n".join(failures)
    assert {"OK", "INVALID_ARGUMENT", "NOT_FOUND", "200", "400", "404"} <= ended.keys()
    assert growth < MOST_GROWTH
    for server in messy.servers:
        assert "defect" not in server.log.read_text(errors="replace"), server.log.read_text()[-4000:]


async def as_grpc(made: Whole, each: Material, random: Random) -> str:
    """By one of the servers directly."""
    api = made.api(random.randrange(len(made.servers)))
    api = api.as_(each.who) if random.random() < 0.9 else api
    try:
        await send(api, each.method, mutated(each.requests, random), replies=1)
    except ApiError as error:
        return error.code.name
    return "OK"


async def as_json(made: Whole, each: Material, random: Random) -> str:
    """Through the edge, as a page or a script would."""
    assert made.edge is not None
    binding = random.choice(BINDINGS[each.method.full_name])
    fields: dict[str, Any] = MessageToDict(each.requests[0], preserving_proto_field_name=True)
    for _ in range(random.choice((0, 1, 1, 2))):
        spoil(fields, each.requests[0], random)
    path = re.sub(r"\{([^}=]+)[^}]*\}", lambda match: _segment(fields.pop(match[1], "1")), binding.template)
    options: dict[str, Any] = {"headers": {"authorization": f"Bearer {each.who.token}"}}
    if binding.verb in ("GET", "DELETE"):
        path += "?" + urllib.parse.urlencode(_flat(fields)) if fields else ""
    else:
        body = json.dumps(fields).encode()
        options["data"] = body if random.random() < 0.9 else body[: random.randrange(len(body) + 1)]
        options["headers"]["content-type"] = random.choice(("application/json", "text/plain", "application/json; x=y"))
    client = aiohttp.ClientTimeout(total=20)
    url = URL(made.edge.url + path, encoded=True)
    async with made.edge.http.request(binding.verb, url, allow_redirects=False, timeout=client, **options) as response:
        if response.status < 400:
            await response.content.read(1 if each.method.server_streaming else -1)
            return str(response.status)
        text = await response.read()
    assert response.status not in (500, 501, 502), f"{binding.verb} {path} {options.get('data')!r}: {text!r}"
    told = json.loads(text)
    known = told["code"] in NUMBERS or response.status in EDGES_OWN
    assert known, f"{binding.verb} {path} {options.get('data')!r}: {response.status} {text!r}"
    assert any(detail["@type"].endswith("ErrorInfo") for detail in told["details"]), text
    return str(response.status)


def spoil(fields: dict[str, Any], request: Message, random: Random) -> None:
    """Put something into one field, known or not, of any type."""
    names = [*request.DESCRIPTOR.fields_by_name, "no_such_field"]
    fields[random.choice(names)] = random.choice((
        random.choice(TEXTS), random.choice(INTEGERS), str(random.choice(INTEGERS)), random.choice(FLOATS[:5]),
        random.choice(DATA).hex(), True, None, [], {}, [random.choice(TEXTS)] * 3, {"a": {"b": []}},
    ))  # fmt: skip


def _segment(value: object) -> str:
    return urllib.parse.quote(str(value)[:300], safe="") or "x"


def _flat(fields: dict[str, Any]) -> list[tuple[str, str]]:
    """As query parameters: lists repeat, what is deeper is text."""
    found = []
    for name, value in fields.items():
        found += [(name, str(each)) for each in (value if isinstance(value, list) else [value])]
    return found
