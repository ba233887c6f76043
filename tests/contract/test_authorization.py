"""Who may call: each method × each sort of caller, as the method's policy says, before anything else is looked at."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from grpc import StatusCode

from cnt_grpc.auth.tokens import Tokens
from cnt_grpc.kit import clock
from cnt_grpc.kit.rpc.policy import Method
from cnt_grpc.pb.cnt.common.v1 import policy_pb2 as pb
from tests.contract.calls import MALFORMED, caller, outcome, requests, send
from tests.contract.methods import METHODS, each, each_method, example_of
from tests.harness.api import Api, ApiError
from tests.harness.world import Person, World

NOT_SIGNED_IN = "UNAUTHENTICATED NOT_SIGNED_IN"
ROLE_MISSING = "PERMISSION_DENIED ROLE_MISSING"
CONFIRMATION_NEEDED = "PERMISSION_DENIED CONFIRMATION_NEEDED"
REFUSED_AT_THE_DOOR = (NOT_SIGNED_IN, ROLE_MISSING, CONFIRMATION_NEEDED)
ALLOWED = "allowed"

ENOUGH = {
    pb.ACCESS_PUBLIC: {"anonymous", "guest", "user", "other user", "creator", "moderator", "admin"},
    pb.ACCESS_WEBHOOK: {"anonymous", "guest", "user", "other user", "creator", "moderator", "admin"},
    pb.ACCESS_GUEST: {"guest", "user", "other user", "creator", "moderator", "admin"},
    pb.ACCESS_USER: {"user", "other user", "creator", "moderator", "admin"},
    pb.ACCESS_CREATOR: {"creator"},
    pb.ACCESS_MODERATOR: {"moderator", "admin"},
    pb.ACCESS_ADMIN: {"admin"},
}
"""Written out once more, so that the server's own table is not compared with itself."""

ENDED = ("banned", "ended session")

OPEN = (pb.ACCESS_PUBLIC, pb.ACCESS_WEBHOOK)
CLOSED = [method for method in METHODS if method.access not in OPEN]


@each_method
async def test_an_example_succeeds(world: World, api: Api, method: Method) -> None:
    """What all other laws stand on."""
    who = await caller(world, method)
    replies = await send(api.as_(who), method, await requests(world, method, who))
    assert len(replies) == example_of(method).streams
    for reply in replies:
        method.response.FromString(reply)


@each(CLOSED)
async def test_the_anonymous_are_refused_before_anything_is_read(api: Api, method: Method) -> None:
    for body in (MALFORMED, b""):
        with pytest.raises(ApiError) as refused:
            await send(api, method, [body])
        assert (refused.value.code, refused.value.reason) == (StatusCode.UNAUTHENTICATED, "NOT_SIGNED_IN")


@each_method
async def test_a_bad_token_is_refused_even_where_none_is_needed(world: World, api: Api, method: Method) -> None:
    who = await caller(world, method)
    payload = who.token.split(".")[1]
    clock.move(-timedelta(hours=1))
    bad = {
        "expired": f"Bearer {Tokens().access_token(who.id, who.session_id)}",
        "altered": f"Bearer {who.token[:-6]}AAAAAA",
        "unsigned": f"Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.",
        "nonsense": "Bearer nonsense",
        "another scheme": f"Basic {who.token}",
        "empty": "Bearer ",
    }
    clock.reset()
    for what, header in bad.items():
        found = await outcome(api.with_(authorization=header), method, [MALFORMED])
        assert (found == NOT_SIGNED_IN) != method.ignores_bad_token, f"{what}: {found}"


@each_method
async def test_the_matrix(world: World, api: Api, method: Method) -> None:
    expected = {name: _expected(method, name) for name in (*CALLERS, *ENDED, "anonymous", "other user")}
    somebodys = await requests(world, method, await caller(world, method))
    found = {}
    for name, wanted in expected.items():
        who = await _made(world, method, name)
        asking = api.as_(who) if who else api
        if wanted == ALLOWED:
            found[name] = await _let_in(world, asking, method, None if name == "other user" else who)
        else:
            # Refused whatever they send: what is no request at all, or one that would succeed.
            blind, right = [await outcome(asking, method, sent) for sent in ([MALFORMED], somebodys)]
            found[name] = blind if blind == right else f"{blind}, but for a valid request {right}"
    assert found == expected


@each_method
async def test_a_confirmation_is_needed_where_the_policy_says_so(world: World, api: Api, method: Method) -> None:
    who = await world.user(roles={example_of(method).role} - {"", "guest"})
    found = await outcome(api.as_(who), method, [MALFORMED])
    assert (found == CONFIRMATION_NEEDED) == method.fresh, found


def _expected(method: Method, name: str) -> str:
    if name in ENDED:
        return ALLOWED if method.ignores_bad_token else NOT_SIGNED_IN
    if name in ENOUGH[method.access]:
        return ALLOWED
    return NOT_SIGNED_IN if name == "anonymous" else ROLE_MISSING


async def _let_in(world: World, asking: Api, method: Method, who: Person | None) -> str:
    """Whether the caller passes the door with a request of their own, or (None) with somebody else's."""
    if example_of(method).heavy:
        found = await outcome(asking, method, [b""])
    else:
        found = await outcome(asking, method, await requests(world, method, who or await caller(world, method)))
    # Somebody else's password or code is wrong, but one's own must not be.
    wrong = found.startswith("UNAUTHENTICATED") and who is not None
    return found if wrong or found in REFUSED_AT_THE_DOOR else ALLOWED


async def _made(world: World, method: Method, name: str) -> Person | None:
    if name == "anonymous":
        return None
    if name in ENDED:
        who = await caller(world, method)
        await (world.ban(who) if name == "banned" else world.end_session(who))
        return who
    return await CALLERS.get(name, CALLERS["user"])(world)


def _with(role: str) -> Callable[[World], Awaitable[Person]]:
    return lambda world: world.user(roles={role}, fresh=True)


CALLERS: dict[str, Callable[[World], Awaitable[Person]]] = {
    "guest": lambda world: world.user(is_guest=True),
    "user": lambda world: world.user(fresh=True),
    "creator": _with("creator"),
    "moderator": _with("moderator"),
    "admin": _with("admin"),
}
