"""Requests that break the contract: each is refused as such, with the field that is wrong, and in few bytes."""

from collections.abc import Iterator

import pytest
from google.protobuf.descriptor import FieldDescriptor
from grpc import StatusCode

from cnt_grpc.kit.rpc.policy import Method
from tests.contract.calls import MALFORMED, caller, send, valid
from tests.contract.fields import Place, copy, is_text, overlong, places
from tests.contract.methods import METHODS, each, each_method
from tests.harness.api import Api, ApiError
from tests.harness.world import World

WITH_FIELDS = [method for method in METHODS if places(method.request, lambda field: field.message_type is None)]
WITH_TEXT = [method for method in METHODS if places(method.request, is_text)]


@each_method
async def test_bytes_that_are_no_message(world: World, api: Api, method: Method) -> None:
    who = await caller(world, method)
    # Cut in the middle of a number; a length beyond the end; a group that never ends.
    for body in (MALFORMED, b"\x0a\x7fx", b"\x0b"):
        with pytest.raises(ApiError) as refused:
            await send(api.as_(who), method, [body])
        assert (refused.value.code, refused.value.reason) == (StatusCode.INVALID_ARGUMENT, "MALFORMED"), body


@each(WITH_TEXT)
async def test_texts_that_cannot_be_stored(world: World, api: Api, method: Method) -> None:
    who = await caller(world, method)
    right = await valid(world, method, who)
    for place in places(method.request, is_text):
        for text in (overlong(place.field), "a\0b", "\0"):
            request = copy(right)
            place.put(request, text)
            with pytest.raises(ApiError) as refused:
                await send(api.as_(who), method, [request])
            assert refused.value.code is StatusCode.INVALID_ARGUMENT, place.name
            assert place.path in refused.value.fields, refused.value.fields


@each(WITH_TEXT)
async def test_a_text_that_is_no_utf8_is_no_message(world: World, api: Api, method: Method) -> None:
    who = await caller(world, method)
    right = await valid(world, method, who)
    for place in places(method.request, is_text):
        request = copy(right)
        place.put(request, "not utf-8")
        body = request.SerializeToString().replace(b"not utf-8", b"not \xff\xfe\xfd-8")
        with pytest.raises(ApiError) as refused:
            await send(api.as_(who), method, [body])
        assert (refused.value.code, refused.value.reason) == (StatusCode.INVALID_ARGUMENT, "MALFORMED"), place.name


@each(WITH_FIELDS)
async def test_everything_wrong_at_once_is_told_in_few_bytes(world: World, api: Api, method: Method) -> None:
    who = await caller(world, method)
    request = await valid(world, method, who)
    for place in _each_once(places(method.request, lambda field: field.message_type is None)):
        place.put(request, _wrong_value(place.field))
    with pytest.raises(ApiError) as refused:
        await send(api.as_(who), method, [request])
    assert refused.value.code is StatusCode.INVALID_ARGUMENT


def _wrong_value(field: FieldDescriptor) -> object:
    match field.type:
        case FieldDescriptor.TYPE_STRING:
            return overlong(field)
        case FieldDescriptor.TYPE_BYTES:
            return b"x" * (1024 * 1024 + 1)
        case FieldDescriptor.TYPE_BOOL:
            return True
        case FieldDescriptor.TYPE_ENUM:
            return 2**31 - 1
        case _:
            return -1


def _each_once(found: list[Place]) -> Iterator[Place]:
    """Of each oneof the last field only: setting one clears the others."""
    for place in found:
        oneof = place.field.containing_oneof
        if oneof is None or place.field == [other.field for other in found if other.field in oneof.fields][-1]:
            yield place
