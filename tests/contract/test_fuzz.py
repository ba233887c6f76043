"""Thousands of calls that nobody should make: each is answered or refused as the contract says, and nothing breaks.

CNT_FUZZ_CALLS sets how many (2,000; 100,000 for the figure of the promise), CNT_FUZZ_SEED which ones.
"""

import asyncio
import logging
import os
import uuid
from collections import Counter
from dataclasses import dataclass
from random import Random

import pytest
from google.protobuf.message import Message

from cnt_grpc.kit.rpc.policy import Method
from tests.contract.calls import caller, requests, send
from tests.contract.effects import settled
from tests.contract.methods import BY_NAME, EXAMPLES, example_of
from tests.contract.mutations import TEXTS, mutated
from tests.harness.api import Api, ApiError
from tests.harness.world import Person, World

CALLS = int(os.environ.get("CNT_FUZZ_CALLS", "2000"))
SEED = int(os.environ.get("CNT_FUZZ_SEED", "1"))
AT_ONCE = 16
PEOPLE = 4
HEAVY_SHARE = 0.2
"""How much more rarely a method is called whose valid calls are heavy."""
RENEWED = 0.2
"""Share of calls that are made from something new: what was deleted, decided or used up is refused ever after."""


@dataclass(frozen=True)
class Material:
    """What the calls of one method are made from."""

    method: Method
    who: Person
    api: Api
    requests: list[Message]


async def material(world: World, api: Api) -> list[Material]:
    """For each method a few people and what they may ask for."""
    found = []
    for method in (BY_NAME[name] for name in EXAMPLES):
        for _ in range(1 if example_of(method).heavy else PEOPLE):
            who = await caller(world, method)
            found.append(Material(method, who, api.as_(who), await requests(world, method, who)))
    return found


@pytest.mark.timeout(60 + CALLS // 10)
async def test_mutated_calls(world: World, api: Api, caplog: pytest.LogCaptureFixture) -> None:
    random = Random(SEED)
    given = await material(world, api)
    weights = [HEAVY_SHARE if example_of(each.method).heavy else 1.0 for each in given]
    chosen = iter(random.choices(given, weights, k=CALLS))
    failures: list[str] = []
    ended = Counter[str]()

    async def work(random: Random) -> None:
        for each in chosen:
            if random.random() < RENEWED:
                each.requests[:] = await requests(world, each.method, each.who)
            whose = random.choice((each.api, each.api, each.api, random.choice(given).api, api))
            bodies = mutated(each.requests, random)
            code = "OK"
            try:
                await send(_with_odd_headers(whose, random), each.method, bodies, replies=1)
            except ApiError as error:
                code = error.code.name
            except AssertionError as error:
                failures.append(f"{each.method.full_name} {[body.hex()[:400] for body in bodies]}: {error}")
            ended[code] += 1

    with caplog.at_level(logging.ERROR):
        await asyncio.gather(*(work(Random(random.random())) for _ in range(AT_ONCE)))
    assert failures == [], f"CNT_FUZZ_CALLS={CALLS} CNT_FUZZ_SEED={SEED} calls them again"
    assert [record.getMessage() for record in caplog.records] == []
    # A fuzz whose calls are all refused at the door, or all succeed, finds nothing.
    assert {"OK", "INVALID_ARGUMENT", "NOT_FOUND", "UNAUTHENTICATED"} <= ended.keys(), ended
    await settled(world)


def _with_odd_headers(api: Api, random: Random) -> Api:
    match random.randrange(8):
        case 0:
            return api.with_(x_request_id=_header(random), user_agent=_header(random), x_forwarded_for=_header(random))
        case 1:
            return api.with_(
                idempotency_key=random.choice((str(uuid.UUID(int=random.getrandbits(128))), _header(random)))
            )
        case 2:
            return api.with_(authorization=f"Bearer {_header(random)}")
        case _:
            return api


def _header(random: Random) -> str:
    """Odd text in the characters that HTTP/2 lets through."""
    return "".join(char for char in random.choice(TEXTS) if " " <= char <= "~")[:1000].strip()
