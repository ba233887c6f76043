"""A mutation with a request id happens once, however often it is sent: one effect, one answer."""

import asyncio
import uuid

import pytest
from grpc import StatusCode

from cnt_grpc.kit.rpc.policy import Method
from cnt_grpc.pb.cnt.common.v1 import policy_pb2 as pb
from tests.contract.calls import caller, rpc, send, valid, with_request_id
from tests.contract.effects import State
from tests.contract.methods import METHODS, each, example_of
from tests.harness.api import Api, ApiError
from tests.harness.world import World

TAKERS = [method for method in METHODS if method.request_id != pb.REQUEST_ID_UNSPECIFIED]
TWINS = 100
HEAVY_TWINS = 20

UNKNOWN_FIELD = b"\xf8\xff\xff\xff\x0f\x01"
"""Field 536,870,911 (the largest number there is) with the value 1: makes any body another one, and still valid."""


@each(TAKERS)
async def test_twice_is_once(world: World, api: Api, method: Method) -> None:
    who = await caller(world, method)
    request = await valid(world, method, who)
    asking = with_request_id(api.as_(who), request, str(uuid.uuid4()))
    [first] = await send(asking, method, [request])
    after_first = await State.of(world)
    [second] = await send(asking, method, [request])
    assert second == first
    assert await after_first.effect(world) == {}


@each(TAKERS)
async def test_a_hundred_at_once_are_one(world: World, api: Api, method: Method) -> None:
    zero, one, many = [await caller(world, method) for _ in range(3)]
    # The first call ever may leave what all later ones share, such as the head of a chain.
    first = await valid(world, method, zero)
    await send(with_request_id(api.as_(zero), first, str(uuid.uuid4())), method, [first])
    request, twin = await valid(world, method, one), await valid(world, method, many)

    before = await State.of(world)
    asking = with_request_id(api.as_(one), request, str(uuid.uuid4()))
    await send(asking, method, [request])
    effect_of_one = await before.effect(world)
    assert effect_of_one["idempotency_keys"] == (1, 1)

    before = await State.of(world)
    asking = with_request_id(api.as_(many), twin, str(uuid.uuid4()))
    number = HEAVY_TWINS if example_of(method).heavy else TWINS
    answers = await asyncio.gather(*(send(asking, method, [twin]) for _ in range(number)))
    assert len({answer for [answer] in answers}) == 1
    assert await before.effect(world) == effect_of_one


@each(TAKERS)
async def test_the_same_id_with_another_body_is_refused(world: World, api: Api, method: Method) -> None:
    who = await caller(world, method)
    request = await valid(world, method, who)
    asking = with_request_id(api.as_(who), request, str(uuid.uuid4()))
    body = request.SerializeToString()
    first = await rpc(asking, method).raw(body)
    before = await State.of(world)
    with pytest.raises(ApiError) as refused:
        await send(asking, method, [body + UNKNOWN_FIELD])
    assert (refused.value.code, refused.value.reason) == (StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")
    assert await before.effect(world) == {}
    assert await rpc(asking, method).raw(body) == first


@each(method for method in TAKERS if method.access != pb.ACCESS_WEBHOOK)  # whose callers are nobody
async def test_an_id_is_the_callers_own(world: World, api: Api, method: Method) -> None:
    """Two people who happen to send the same id do not meet."""
    request_id = str(uuid.uuid4())
    for who in (await caller(world, method), await caller(world, method)):
        request = await valid(world, method, who)
        await send(with_request_id(api.as_(who), request, request_id), method, [request])


async def test_where_an_id_is_required_there_is_no_call_without(world: World, api: Api) -> None:
    for method in TAKERS:
        if method.request_id == pb.REQUEST_ID_REQUIRED:
            who = await caller(world, method)
            request = await valid(world, method, who)
            request.ClearField("request_id")
            with pytest.raises(ApiError) as refused:
                await send(api.as_(who), method, [request])
            assert refused.value.code is StatusCode.INVALID_ARGUMENT
            assert refused.value.fields == ["request_id"]
