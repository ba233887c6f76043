# Generated from cnt/testing/v1/edge_service.proto by `make gen`. Do not edit: change the proto.
"""What must answer cnt.testing.v1.EdgeService."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, Protocol

from tests.pb.cnt.testing.v1 import edge_service_pb2 as pb2  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cnt_grpc.kit.rpc.call import Call

SERVICE: Final = "cnt.testing.v1.EdgeService"


class Servicer(Protocol):
    """What the edge must carry. Served by tests/edge/peer.py alone, behind a real Envoy."""

    __slots__ = ()

    @abstractmethod
    async def See(self, request: pb2.SeeRequest, call: Call) -> pb2.SeeResponse:
        """Says what arrived. Anyone."""
        ...

    @abstractmethod
    async def Change(self, request: pb2.ChangeRequest, call: Call) -> pb2.ChangeResponse:
        """Takes a change whose name stands in the path. Anyone."""
        ...

    @abstractmethod
    async def Fail(self, request: pb2.FailRequest, call: Call) -> pb2.FailResponse:
        """Fails with the code that the caller wants, or dies. Anyone."""
        ...

    @abstractmethod
    async def Sleep(self, request: pb2.SleepRequest, call: Call) -> pb2.SleepResponse:
        """Answers late; the server does not end it, the edge must. Anyone."""
        ...

    @abstractmethod
    def Follow(self, request: pb2.FollowRequest, call: Call) -> AsyncIterator[pb2.FollowResponse]:
        """Sends as many messages as the caller wants, each when the one before was asked about by Release. Anyone."""
        ...

    @abstractmethod
    async def Release(self, request: pb2.ReleaseRequest, call: Call) -> pb2.ReleaseResponse:
        """Lets the next message of a Follow go. Anyone."""
        ...

    @abstractmethod
    async def Upload(self, requests: AsyncIterator[pb2.UploadRequest], call: Call) -> pb2.UploadResponse:
        """Takes a large body piece by piece, and says its length and hash. Anyone."""
        ...

    @abstractmethod
    def Chat(self, requests: AsyncIterator[pb2.ChatRequest], call: Call) -> AsyncIterator[pb2.ChatResponse]:
        """Sends each message back, until the caller is done. Anyone."""
        ...

    @abstractmethod
    async def Hook(self, request: pb2.HookRequest, call: Call) -> pb2.HookResponse:
        """Takes a webhook: the bytes as they were sent. Anyone."""
        ...

    @abstractmethod
    async def Download(self, request: pb2.DownloadRequest, call: Call) -> pb2.DownloadResponse:
        """Gives a file that is no JSON. Anyone."""
        ...
