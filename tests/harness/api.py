"""A client for tests that reads like a sentence.

reply = await api.as_(ann).content.GetPodcast(podcast_id=7)
await api.content.GetPodcast(podcast_id=7).fails(NOT_FOUND, "CONTENT_NOT_FOUND")
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterable, AsyncIterator, Generator, Iterable, Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any, Protocol, TypeVar

import grpc
from google.protobuf import descriptor, descriptor_pool, message_factory
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from cnt_grpc import app
from tests.pb.cnt.testing.v1 import probe_service_pb2

T = TypeVar("T")

TIMEOUT = 30.0
"""Seconds after which a call of a test has failed."""


class SignedIn(Protocol):
    """Whoever has an access token."""

    @property
    def token(self) -> str:
        """The access token."""
        ...


class ApiError(AssertionError):
    """A call was refused; says how, so that a failing test can be read."""

    def __init__(self, error: grpc.aio.AioRpcError) -> None:
        self.code = error.code()
        self.text = error.details() or ""
        call: Any = error  # it has what from_call reads, although grpcio's types do not say so
        self.status = rpc_status.from_call(call) or status_pb2.Status()
        self.reason = ""
        self.metadata: dict[str, str] = {}
        self.fields: list[str] = []
        self.request_id = ""
        self.retry_after = 0.0
        for detail in self.status.details:
            self._read(detail)
        super().__init__(f"{self.code.name} {self.reason}: {self.text} {self.metadata or ''} {self.fields or ''}")

    def _read(self, detail: Any) -> None:
        if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
            info = error_details_pb2.ErrorInfo.FromString(detail.value)
            self.reason, self.metadata = info.reason, dict(info.metadata)
        elif detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
            self.fields = [v.field for v in error_details_pb2.BadRequest.FromString(detail.value).field_violations]
        elif detail.Is(error_details_pb2.RequestInfo.DESCRIPTOR):
            self.request_id = error_details_pb2.RequestInfo.FromString(detail.value).request_id
        elif detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR):
            delay = error_details_pb2.RetryInfo.FromString(detail.value).retry_delay
            self.retry_after = delay.seconds + delay.nanos / 1e9

    @property
    def wire(self) -> tuple[str, str, bytes]:
        """All that a caller sees but for the call's own id: to compare two refusals to the byte."""
        details = [each for each in self.status.details if not each.type_url.endswith("/google.rpc.RequestInfo")]
        seen = status_pb2.Status(code=self.status.code, message=self.status.message, details=details)
        return self.code.name, self.text, seen.SerializeToString(deterministic=True)


class Api:
    """All services, as one caller sees them."""

    def __init__(self, channel: grpc.aio.Channel, metadata: tuple[tuple[str, str], ...] = ()) -> None:
        self.channel = channel
        self.metadata = metadata

    def as_(self, who: SignedIn) -> Api:
        """The same server, called by this person."""
        return self.with_(authorization=f"Bearer {who.token}")

    def with_(self, **metadata: str) -> Api:
        """The same caller with these headers instead of those of the same names; underscores stand for hyphens."""
        given = {name.replace("_", "-"): value for name, value in metadata.items()}
        rest = tuple(pair for pair in self.metadata if pair[0] not in given)
        return Api(self.channel, (*rest, *given.items()))

    def elsewhere(self) -> Api:
        """The same caller at an address that was never seen before: addresses have limits, too."""
        return self.with_(x_forwarded_for=str(IPv4Address((10 << 24) + secrets.randbelow(2**24))))

    def service(self, full_name: str) -> Service:
        """A service by its full name."""
        return Service(self, descriptor_pool.Default().FindServiceByName(full_name))

    def __getattr__(self, name: str) -> Service:
        found = services().get(name)
        if found is None:
            raise AttributeError(name)
        return Service(self, found)


class Service:
    """One service: its methods are attributes by the names that the contract gives them."""

    def __init__(self, api: Api, found: descriptor.ServiceDescriptor) -> None:
        self._api = api
        self._found = found

    def __getattr__(self, name: str) -> Rpc:
        method = self._found.methods_by_name.get(name)
        if method is None:
            raise AttributeError(f"{self._found.full_name} has no {name}")
        return Rpc(self._api, method)


class Rpc:
    """One method, ready to be called."""

    def __init__(self, api: Api, method: descriptor.MethodDescriptor) -> None:
        self._api = api
        self.method = method
        self.request = message_factory.GetMessageClass(method.input_type)
        self.response = message_factory.GetMessageClass(method.output_type)

    def __call__(self, given: Any = None, /, *, timeout: float = TIMEOUT, **fields: Any) -> Pending:
        """Fields of the request, or the request itself, or for a client stream an async iterable of requests."""
        request: Any = given if given is not None else self.request(**fields)
        if self.method.client_streaming and not isinstance(given, AsyncIterable):
            request = _each(given or ())
        return Pending(self._open(), request, self._api.metadata, timeout)

    async def raw(self, body: bytes) -> bytes:
        """Send these bytes as they are, and get bytes; for unary methods."""
        return (await self.exchange([body]))[0]

    async def exchange(self, bodies: Sequence[bytes], *, replies: int = 1) -> list[bytes]:
        """Send these bytes as they are, whatever the kind of method; of a stream's replies only the first so many."""
        request = _each(bodies) if self.method.client_streaming else bodies[0]
        call = self._open(as_bytes=True)(request, metadata=self._api.metadata, timeout=TIMEOUT)
        found: list[bytes] = []
        try:
            if not self.method.server_streaming:
                return [await call]
            while len(found) < replies and (reply := await call.read()) is not grpc.aio.EOF:
                found.append(reply)
        except grpc.aio.AioRpcError as error:
            raise ApiError(error) from None
        finally:
            call.cancel()
        return found

    def _open(self, *, as_bytes: bool = False) -> Any:
        path = f"/{self.method.containing_service.full_name}/{self.method.name}"
        kind = {
            (False, False): self._api.channel.unary_unary,
            (False, True): self._api.channel.unary_stream,
            (True, False): self._api.channel.stream_unary,
            (True, True): self._api.channel.stream_stream,
        }[self.method.client_streaming, self.method.server_streaming]
        if as_bytes:
            return kind(path)
        return kind(
            path,
            request_serializer=self.request.SerializeToString,
            response_deserializer=self.response.FromString,
        )


class Pending:
    """A call that starts when it is awaited or iterated."""

    def __init__(self, call: Any, request: Any, metadata: Any, seconds: float) -> None:
        self._call = call
        self._request = request
        self._metadata = metadata
        self._seconds = seconds

    def start(self) -> Any:
        """The grpc call itself, for tests that cancel or read header by header."""
        return self._call(self._request, metadata=self._metadata, timeout=self._seconds)

    def __await__(self) -> Generator[Any, None, Any]:
        return self._one().__await__()

    async def _one(self) -> Any:
        try:
            return await self.start()
        except grpc.aio.AioRpcError as error:
            raise ApiError(error) from None

    async def __aiter__(self) -> AsyncIterator[Any]:
        call = self.start()
        try:
            async for reply in call:
                yield reply
        except grpc.aio.AioRpcError as error:
            raise ApiError(error) from None
        finally:
            call.cancel()

    async def fails(self, code: grpc.StatusCode, reason: str, **metadata: object) -> ApiError:
        """The refusal, which must be this one."""
        error = await self._refusal()
        if not isinstance(error, ApiError):
            raise AssertionError(f"was not refused with {code.name} {reason}, but answered {error!r}")  # noqa: TRY004
        assert (error.code, error.reason) == (code, reason), str(error)
        assert {k: error.metadata.get(k) for k in metadata} == {k: str(v) for k, v in metadata.items()}
        return error

    async def _refusal(self) -> Any:
        try:
            if _answers_with_stream(self._call):
                return [reply async for reply in self]
            return await self
        except ApiError as error:
            return error


def services() -> Mapping[str, descriptor.ServiceDescriptor]:
    """The services whose modules are imported, by short names: `content` for cnt.content.v1.ContentService."""
    return {short_name(found.name): found for found in _known()}


def short_name(service: str) -> str:
    """`UserService` → `user`."""
    plain = service.removesuffix("Service")
    return "".join("_" + c.lower() if c.isupper() and i else c.lower() for i, c in enumerate(plain))


def _known() -> list[descriptor.ServiceDescriptor]:
    pool = descriptor_pool.Default()
    return [
        *(pool.FindServiceByName(name) for name in app.SERVICES),
        probe_service_pb2.DESCRIPTOR.services_by_name["ProbeService"],
    ]


def _answers_with_stream(call: Any) -> bool:
    return isinstance(call, grpc.aio.UnaryStreamMultiCallable | grpc.aio.StreamStreamMultiCallable)


async def _each(requests: Iterable[T]) -> AsyncIterator[T]:
    for request in requests:
        yield request
