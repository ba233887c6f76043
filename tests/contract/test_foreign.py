"""What is somebody else's and private looks exactly like what does not exist."""

import pytest
from grpc import StatusCode

from cnt_grpc.kit.rpc.policy import Method
from cnt_grpc.pb.cnt.common.v1 import policy_pb2 as pb
from tests.contract.calls import caller, renew, send, valid
from tests.contract.fields import copy, is_id, places
from tests.contract.methods import EXAMPLES, METHODS, each, example_of
from tests.harness.api import Api, ApiError
from tests.harness.examples import Foreign
from tests.harness.world import World

OF_EVERYONE = (pb.ACCESS_PUBLIC, pb.ACCESS_GUEST, pb.ACCESS_USER, pb.ACCESS_CREATOR)
"""Below moderators, who may know of everything."""

PRIVATE = [
    pytest.param(method, foreign, id=f"{method.full_name} {foreign.field}")
    for method in METHODS
    if method.full_name in EXAMPLES
    for foreign in example_of(method).foreigners
]


@each(method for method in METHODS if method.access in OF_EVERYONE)
def test_every_id_is_private_or_has_a_reason_why_not(method: Method) -> None:
    example = example_of(method)
    ids = {place.name for place in places(method.request, is_id)}
    private = {foreign.field for foreign in example.foreigners}
    assert ids - private - example.open_ids.keys() == set(), "needs `foreign` or `open_ids` in its example"
    assert example.open_ids.keys() <= ids - private, "of no use in `open_ids`"
    assert all(why.strip() for why in example.open_ids.values())


@pytest.mark.parametrize(("method", "foreign"), PRIVATE)
async def test_another_persons_looks_like_nobodys(world: World, api: Api, method: Method, foreign: Foreign) -> None:
    owner, stranger = await caller(world, method), await caller(world, method)
    # The request's own field of that name, where messages inside it have one too.
    place = min(places(method.request, lambda field: field.name == foreign.field), key=lambda place: len(place.steps))
    askers = [api.as_(stranger)]
    if method.access == pb.ACCESS_PUBLIC:
        askers += [api, api.as_(await world.user(is_guest=True))]
    hidden = await foreign.make(world, owner)
    right = await valid(world, method, stranger)
    for asking in askers:
        seen = []
        for wanted in (foreign.unknown, hidden):
            request = copy(right)
            place.put(request, wanted)
            renew(method, request)
            with pytest.raises(ApiError) as refused:
                await send(asking, method, [request])
            seen.append(refused.value)
        unknown, foreigners = seen
        assert (unknown.code, unknown.reason) == (StatusCode.NOT_FOUND, foreign.reason)
        assert foreigners.wire == unknown.wire
