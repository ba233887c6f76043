"""One typed Protocol a service: what a room's servicer must be, with our `call` where gRPC has its context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.protoc_gen_cnt import layout
from tools.protoc_gen_cnt.comments import Comments, docstring

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto, MethodDescriptorProto

SERVICE, METHOD = 6, 2  # field numbers in FileDescriptorProto and ServiceDescriptorProto: the path of a comment


@dataclass(frozen=True, slots=True)
class MessageName:
    """Where a message is: the proto file, and the Python name inside its module."""

    proto: str
    name: str


def index_messages(files: Iterable[FileDescriptorProto]) -> dict[str, MessageName]:
    """Every message of `files`, by its name as method descriptors write it (`.cnt.auth.v1.LoginRequest`)."""

    def walk(
        file: str, package: str, outer: str, found: Iterable[DescriptorProto]
    ) -> Iterable[tuple[str, MessageName]]:
        for message in found:
            name = f"{outer}{message.name}"
            yield f".{package}.{name}", MessageName(file, name)
            yield from walk(file, package, f"{name}.", message.nested_type)

    return dict(pair for file in files for pair in walk(file.name, file.package, "", file.message_type))


def generate(file: FileDescriptorProto, index: dict[str, MessageName]) -> dict[str, str]:
    """x_service.py for a file with a service; nothing for any other. Raises ValueError when there are two services."""
    if not file.service:
        return {}
    if len(file.service) > 1:
        message = f"{file.name}: one service a file, because its Python module is named after the file"
        raise ValueError(message)
    service, comments = file.service[0], Comments(file)
    module = _Module(file.name, index)
    methods = [
        line
        for number, method in enumerate(service.method)
        for line in ("", *module.method(method, comments(SERVICE, 0, METHOD, number)))
    ]
    full_name = f"{file.package}.{service.name}"
    lines = [
        layout.HEADER.format(source=file.name).rstrip(),
        f'"""What must answer {full_name}."""',
        "",
        "from __future__ import annotations",
        "",
        "from abc import abstractmethod",
        "from typing import TYPE_CHECKING, Final, Protocol",
        "",
        # Not only for types: whoever knows SERVICE finds its descriptor in protobuf's pool.
        module.own_import(),
        "",
        "if TYPE_CHECKING:",
        *module.imports(),
        "",
        f'SERVICE: Final = "{full_name}"',
        "",
        "",
        "class Servicer(Protocol):",
        *(docstring(comments(SERVICE, 0), "    ") or [f'    """Answers {full_name}."""']),
        "",
        "    __slots__ = ()",
        *methods,
    ]
    return {f"{layout.root(file.name)}/{file.name.removesuffix('.proto')}.py": "\n".join(lines) + "\n"}


class _Module:
    """The module being written: remembers which other modules its methods speak of."""

    def __init__(self, proto: str, index: dict[str, MessageName]) -> None:
        self.proto = proto
        self.index = index
        self.foreign: dict[str, str] = {}  # alias → import statement
        self.iterates = False

    def method(self, method: MethodDescriptorProto, comment: list[str]) -> Iterable[str]:
        request, response = self.type(method.input_type), self.type(method.output_type)
        argument = f"requests: AsyncIterator[{request}]" if method.client_streaming else f"request: {request}"
        answer = f"AsyncIterator[{response}]" if method.server_streaming else response
        self.iterates |= method.client_streaming or method.server_streaming
        # An async generator is called without await, so that in a Protocol it is a plain def.
        word = "def" if method.server_streaming else "async def"
        yield "    @abstractmethod"
        yield f"    {word} {method.name}(self, {argument}, call: Call) -> {answer}:"
        yield from docstring(comment, "        ")
        yield "        ..."

    def own_import(self) -> str:
        """The messages of the service's own file."""
        return f"from {layout.package(self.proto)} import {layout.stem(self.proto)}_pb2 as pb2  # noqa: F401"

    def type(self, name: str) -> str:
        """How the module writes a message type; remembers the import that it needs."""
        message = self.index[name]
        module = f"{layout.stem(message.proto)}_pb2"
        alias = "pb2"
        if message.proto != self.proto:
            alias = message.proto.removesuffix(".proto").replace("/", "_") + "_pb2"
        if alias != "pb2":
            self.foreign[alias] = f"from {layout.package(message.proto)} import {module} as {alias}"
        return f"{alias}.{message.name}"

    def imports(self) -> list[str]:
        """What a type checker must import; nothing of it is loaded when the server runs."""
        standard = ["    from collections.abc import AsyncIterator", ""] if self.iterates else []
        ours = ["from cnt_grpc.kit.rpc.call import Call", *self.foreign.values()]
        return [*standard, *(f"    {line}" for line in sorted(ours))]
