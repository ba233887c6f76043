"""What the edge must know of the contract: read from the descriptor image, the same that Envoy transcodes with."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from google.api import annotations_pb2, http_pb2
from google.protobuf import descriptor_pb2

from cnt_grpc.kit.rpc.policy import STREAM_DEADLINE, UNARY_DEADLINE
from cnt_grpc.pb.cnt.common.v1 import policy_pb2

_VERBS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, slots=True)
class Binding:
    """One verb and path template under which a method is reached as JSON."""

    verb: str
    template: str


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC, as far as the edge treats it unlike others."""

    service: str
    name: str
    deadline: float
    """Seconds until the server itself ends the call."""
    client_streaming: bool
    server_streaming: bool
    bindings: tuple[Binding, ...]

    @property
    def path(self) -> str:
        """The path of gRPC, under which Envoy also matches a JSON call once it is transcoded."""
        return f"/{self.service}/{self.name}"

    @property
    def streaming(self) -> bool:
        """Whether messages flow for as long as the call lives, in one direction or both."""
        return self.client_streaming or self.server_streaming


@dataclass(frozen=True, slots=True)
class Contract:
    """Every service that the edge serves, and every method in it."""

    services: tuple[str, ...]
    methods: tuple[Method, ...]


def read_contract(image: Path) -> Contract:
    """The contract in a descriptor image. Raises OSError when it cannot be read, ValueError without a service."""
    found = descriptor_pb2.FileDescriptorSet.FromString(image.read_bytes())
    services: list[str] = []
    methods: list[Method] = []
    for file in found.file:
        for service in file.service:
            name = f"{file.package}.{service.name}"
            services.append(name)
            methods.extend(_method(name, method) for method in service.method)
    if not services:
        message = f"{image} holds no service: run `make gen`"
        raise ValueError(message)
    return Contract(tuple(sorted(services)), tuple(sorted(methods, key=lambda method: method.path)))


def _method(service: str, method: descriptor_pb2.MethodDescriptorProto) -> Method:
    policy = method.options.Extensions[policy_pb2.policy]
    streaming = method.client_streaming or method.server_streaming
    usual = STREAM_DEADLINE if streaming else UNARY_DEADLINE
    deadline = policy.deadline.ToTimedelta() if policy.HasField("deadline") else usual
    # googleapis-common-protos types its extensions less exactly than types-protobuf wants them.
    http: http_pb2.HttpRule = method.options.Extensions[annotations_pb2.http]  # type: ignore[index]
    return Method(
        service=service,
        name=method.name,
        deadline=deadline.total_seconds(),
        client_streaming=method.client_streaming,
        server_streaming=method.server_streaming,
        bindings=tuple(_bindings(http)),
    )


def _bindings(rule: http_pb2.HttpRule) -> Iterator[Binding]:
    pattern = rule.WhichOneof("pattern")
    if pattern in _VERBS:
        yield Binding(pattern.upper(), getattr(rule, pattern))
    elif pattern == "custom":
        yield Binding(rule.custom.kind, rule.custom.path)
    for more in rule.additional_bindings:
        yield from _bindings(more)
