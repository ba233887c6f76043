"""Calls by example: who makes one, with which bytes, and what holds for every answer whatever the law."""

import uuid
from collections.abc import Callable, Mapping, Sequence

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message

from cnt_grpc.kit.rpc.policy import Method
from cnt_grpc.kit.rpc.status import STATUS_OF
from cnt_grpc.pb.cnt.common.v1 import policy_pb2
from cnt_grpc.pb.cnt.common.v1.reason import Reason
from tests.contract.comments import named_reasons
from tests.contract.methods import example_of
from tests.harness.api import Api, ApiError, Rpc
from tests.harness.world import Person, World

CODES = frozenset(STATUS_OF.values())
"""The closed set of refusals. INTERNAL is in none of them: it is a defect, and UNKNOWN always is."""

MALFORMED = b"\xff\xff\xff"
"""No message of any type."""

MOST_DETAILS = 1024
"""Bytes of a refusal: it travels in a header, and proxies cut long ones."""


async def caller(world: World, method: Method) -> Person:
    """A new person whose call of this method succeeds."""
    role = example_of(method).role
    roles = {role} - {"", "guest"}
    return await world.user(roles=roles, is_guest=role == "guest", fresh=method.fresh)


async def requests(world: World, method: Method, who: Person) -> list[Message]:
    """What a valid call of this person sends: one message, or for client streams several."""
    fields = await example_of(method).given(world, who)
    several = fields["requests"] if method.client_streaming else [fields]
    made = [each if isinstance(each, Message) else method.request(**each) for each in several]
    for each in made:
        renew(method, each)
    return made


def renew(method: Method, request: Message) -> None:
    """Give the request an id of its own where there is no valid call without one."""
    if method.request_id == policy_pb2.REQUEST_ID_REQUIRED:
        setattr(request, "request_id", str(uuid.uuid4()))  # noqa: B010  (a message of any type)


async def valid(world: World, method: Method, who: Person) -> Message:
    """The first message of a valid call of this person."""
    return (await requests(world, method, who))[0]


async def send(api: Api, method: Method, sent: Sequence[Message | bytes], *, replies: int = 0) -> list[bytes]:
    """Call the method, from an address of its own; the replies, of a stream as many as the example promises.

    Raises ApiError, after making sure that it is one that the contract knows.
    """
    bodies = [each.SerializeToString() if isinstance(each, Message) else each for each in sent]
    try:
        return await rpc(api, method).exchange(bodies, replies=replies or example_of(method).streams)
    except ApiError as error:
        check(method, error)
        raise


async def outcome(api: Api, method: Method, sent: Sequence[Message | bytes]) -> str:
    """How a call ends, or a stream begins: "OK", or status and reason such as "NOT_FOUND USER_NOT_FOUND"."""
    try:
        await send(api, method, sent, replies=1)
    except ApiError as error:
        return f"{error.code.name} {error.reason}"
    return "OK"


def with_request_id(api: Api, request: Message, request_id: str) -> Api:
    """Put the id into the request, or where the body is raw into the header of the caller that is returned."""
    if "request_id" in request.DESCRIPTOR.fields_by_name:
        setattr(request, "request_id", request_id)  # noqa: B010  (a message of any type)
        return api
    return api.with_(idempotency_key=request_id)


def rpc(api: Api, method: Method) -> Rpc:
    """The method, ready to be called; from an address that was never seen, because addresses have limits, too."""
    if all(name != "x-forwarded-for" for name, _ in api.metadata):
        api = api.elsewhere()
    found: Rpc = getattr(api.service(method.service), method.name)
    sign = example_of(method).signed
    return Signed(api, found.method, sign) if sign else found


class Signed(Rpc):
    """A method that a provider calls: each request is signed as it goes out."""

    def __init__(self, api: Api, method: MethodDescriptor, sign: Callable[[bytes], Mapping[str, str]]) -> None:
        super().__init__(api, method)
        self._sign = sign

    async def exchange(self, bodies: Sequence[bytes], *, replies: int = 1) -> list[bytes]:
        """Send these bytes with their signature."""
        self._api = self._api.with_(**self._sign(bodies[0]))
        return await super().exchange(bodies, replies=replies)


def check(method: Method, error: ApiError) -> None:
    """What holds for every refusal: a status of the contract, a reason that the method's comment names, and no bulk."""
    assert error.code in CODES, f"{method.full_name}: {error}"
    known = error.reason in Reason.__members__ or error.reason in named_reasons(method.full_name)
    assert known, f"the comment of {method.full_name} does not name {error.reason}"
    size = error.status.ByteSize()
    assert size <= MOST_DETAILS, f"{method.full_name}: a refusal of {size} bytes: {error}"
    assert (error.code is grpc.StatusCode.RESOURCE_EXHAUSTED) == (error.retry_after > 0), str(error)
    assert error.request_id, str(error)
