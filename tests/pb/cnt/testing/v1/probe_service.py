# Generated from cnt/testing/v1/probe_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.testing.v1.ProbeService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from tests.pb.cnt.testing.v1 import probe_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.testing.v1.ProbeService"


class Servicer(Protocol):
    """Methods of all four kinds and of every policy, whose behaviour the tests decide."""

    __slots__ = ()

    @abstractmethod
    async def Ping(self, request: pb2.PingRequest, call: Call) -> pb2.PingResponse:
        """Answers at once with nothing: what a call through the whole pipeline costs."""
        ...

    @abstractmethod
    async def Act(self, request: pb2.ActRequest, call: Call) -> pb2.ActResponse:
        """Does what the test says, in a transaction, once for each request id."""
        ...

    @abstractmethod
    async def ActOnce(self, request: pb2.ActOnceRequest, call: Call) -> pb2.ActOnceResponse:
        """The same with an id that must be there, for signed-in people."""
        ...

    @abstractmethod
    async def ActOutside(self, request: pb2.ActOutsideRequest, call: Call) -> pb2.ActOutsideResponse:
        """The same without a transaction, as methods that talk to the outside do."""
        ...

    @abstractmethod
    async def Look(self, request: pb2.LookRequest, call: Call) -> pb2.LookResponse:
        """Reads what the test says, and may be answered from memory."""
        ...

    @abstractmethod
    async def Rule(self, request: pb2.RuleRequest, call: Call) -> pb2.RuleResponse:
        """For administrators who confirmed who they are."""
        ...

    @abstractmethod
    def Watch(self, request: pb2.WatchRequest, call: Call) -> AsyncIterator[pb2.WatchResponse]:
        """Sends as many messages as asked for, then waits until it is stopped."""
        ...

    @abstractmethod
    async def Gather(self, requests: AsyncIterator[pb2.GatherRequest], call: Call) -> pb2.GatherResponse:
        """Counts what it is sent."""
        ...

    @abstractmethod
    def Echo(self, requests: AsyncIterator[pb2.EchoRequest], call: Call) -> AsyncIterator[pb2.EchoResponse]:
        """Sends back what it is sent."""
        ...
