"""Two people in a block do not meet, whoever of them wished so: generated over every method that shows people."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit.rpc.policy import Method
from cnt_grpc.pb.cnt.common.v1 import policy_pb2 as pb
from tests.contract.calls import caller, send
from tests.contract.fields import places
from tests.contract.methods import BY_NAME, METHODS, example_of
from tests.harness.api import Api, ApiError
from tests.harness.meetings import Meeting, Meetings
from tests.harness.world import World

FOLDERS = [
    file.parent for file in sorted(Path(__file__).parents[1].glob("*/meetings.py")) if file.parent.name != "harness"
]
"""Rooms whose authors wrote down where people meet."""


def _meetings() -> Meetings:
    found: Meetings = {}
    for folder in FOLDERS:
        found |= importlib.import_module(f"tests.{folder.name}.meetings").MEETINGS
    return found


MEETINGS = _meetings()
MET = {name: each for name, each in MEETINGS.items() if isinstance(each, Meeting)}

_OF_PERSON = re.compile(
    r"(^|_)(username|avatar|avatar_url|(user|creator|author|artist|host|owner|sender|giver|recipient)_name)$"
)
"""Fields that only people have."""


def shows_people(method: Method) -> bool:
    """Whether an answer of the method tells who somebody is, to others than moderators."""
    if not method.only_reads or method.access in {pb.ACCESS_MODERATOR, pb.ACCESS_ADMIN, pb.ACCESS_WEBHOOK}:
        return False
    return any(_OF_PERSON.search(place.field.name) for place in places(method.response))


def test_no_method_that_shows_people_is_forgotten() -> None:
    wanted = {method.full_name for method in METHODS if shows_people(method)}
    assert wanted - MEETINGS.keys() == set(), "each needs a line in its room's tests/<room>/meetings.py"


def test_no_meeting_is_of_a_method_that_is_gone() -> None:
    assert MEETINGS.keys() <= BY_NAME.keys()
    assert all(why.strip() for why in MEETINGS.values() if isinstance(why, str))


@pytest.mark.parametrize("who_blocks", ["the one who is shown", "the one who looks"])
@pytest.mark.parametrize("name", MET)
async def test_a_block_hides_one_from_the_other(world: World, api: Api, name: str, who_blocks: str) -> None:
    method, meeting = BY_NAME[name], MET[name]
    # Guests block nobody: where they may call, somebody with an account does.
    shown, looking = await world.user(), await world.user() if is_for_guests(method) else await caller(world, method)
    request = method.request(**await meeting.given(world, shown, looking))
    assert await _tells_of(api.as_(looking), method, request, meeting.name(shown)), "without a block they meet"
    blocker, blocked = (shown, looking) if who_blocks == "the one who is shown" else (looking, shown)
    await api.as_(blocker).user.BlockUser(user_id=blocked.id)
    assert not await _tells_of(api.as_(looking), method, request, meeting.name(shown))
    await api.as_(blocker).user.UnblockUser(user_id=blocked.id)
    assert await _tells_of(api.as_(looking), method, request, meeting.name(shown)), "a block can be taken back"


def is_for_guests(method: Method) -> bool:
    """Whether the example of the method is called by a guest."""
    return example_of(method).role == "guest"


async def _tells_of(api: Api, method: Method, request: Any, name: str) -> bool:
    """Whether the answer holds the name; a refusal must be that of what does not exist."""
    try:
        [reply] = await send(api, method, [request], replies=1)
    except ApiError as error:
        if error.code is not StatusCode.NOT_FOUND:
            raise
        return False
    return name.encode() in reply
