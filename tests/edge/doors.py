"""Two ways through the edge to the same methods, JSON and gRPC, so that a story is written once and told by both."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from google.protobuf.json_format import MessageToDict, ParseDict

from cnt_grpc.edge.__main__ import IMAGE
from cnt_grpc.edge.contract import Method, read_contract
from tests.edge.edges import Edge
from tests.harness.api import Api, ApiError

METHODS = {f"{each.service.rpartition('.')[2]}/{each.name}": each for each in read_contract(IMAGE).methods}


@dataclass(frozen=True)
class Reply:
    """What came back: the message as JSON has it, or the reason of the refusal."""

    message: dict[str, Any]
    reason: str

    def __getitem__(self, field: str) -> Any:
        """A field of the message; the call must not have been refused."""
        assert not self.reason, self.reason
        return self.message[field]


class Door(Protocol):
    """One of the ways."""

    async def call(self, method: str, *, token: str, address: str, fields: dict[str, Any]) -> Reply:
        """Call `Service/Method` as who has the token ("" is nobody), from this network address."""
        ...


@dataclass(frozen=True)
class ByJson:
    """The first path that the contract gives a method; what does not stand in it is the body, or the query."""

    gate: Edge

    async def call(self, method: str, *, token: str, address: str, fields: dict[str, Any]) -> Reply:
        """See Door."""
        verb, path, rest = _spelled(METHODS[method], fields)
        headers = {"x-forwarded-for": address} | ({"authorization": f"Bearer {token}"} if token else {})
        given: dict[str, Any] = {"params": rest} if verb in {"GET", "DELETE"} else {"json": rest}
        answer = await self.gate.ask(verb, path, headers=headers, **given)
        return Reply(answer.json, "") if answer.status == 200 else Reply({}, answer.reason)


def _spelled(method: Method, fields: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Verb, path, and the fields that are no part of it."""
    for binding in method.bindings:
        names = re.findall(r"\{(\w+)\}", binding.template)
        if set(names) <= fields.keys():
            path = binding.template.format(**fields)
            return binding.verb, path, {name: fields[name] for name in fields if name not in names}
    raise AssertionError((method, fields))


@dataclass(frozen=True)
class ByGrpc:
    """A channel to the edge."""

    gate: Edge

    async def call(self, method: str, *, token: str, address: str, fields: dict[str, Any]) -> Reply:
        """See Door."""
        found = METHODS[method]
        api = Api(self.gate.channel).with_(x_forwarded_for=address)
        if token:
            api = api.with_(authorization=f"Bearer {token}")
        rpc = getattr(api.service(found.service), found.name)
        try:
            message = await rpc(ParseDict(fields, rpc.request()))
        except ApiError as refused:
            return Reply({}, refused.reason)
        as_json = MessageToDict(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
        return Reply(as_json, "")


DOORS: dict[str, Callable[[Edge], Door]] = {"JSON": ByJson, "gRPC": ByGrpc}
