"""The contract as descriptors with their comments: every message, enum, method and reason by its full name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from google.api import annotations_pb2, http_pb2
from google.protobuf import descriptor_pb2 as pb

from cnt_grpc.pb.cnt.common.v1 import policy_pb2
from tools.protoc_gen_cnt.comments import Comments

Json = dict[str, Any]
"""A piece of the document."""

OURS = "cnt."

Place = tuple[int, ...]
"""Where something stands in its file; see google.protobuf.SourceCodeInfo."""

_MESSAGE, _ENUM, _SERVICE = 4, 5, 6
"""Numbers of FileDescriptorProto's fields, as paths of comments name them."""
_FIELD, _NESTED, _NESTED_ENUM, _VALUE, _METHOD = 2, 3, 4, 2, 2

_VERBS = ("get", "put", "post", "delete", "patch")
_REFERENCE = re.compile(r"reasons of (\w+)", re.IGNORECASE)
_STATUS = re.compile(r"\b[A-Z]+(?:_[A-Z]+)*\b")


@dataclass(frozen=True, slots=True)
class Message:
    """A message type, and what its comments say."""

    name: str
    comment: str
    proto: pb.DescriptorProto
    field_comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Enum:
    """An enum, and what its comments say."""

    name: str
    comment: str
    values: tuple[tuple[str, str], ...]
    """Names and comments."""
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """One verb and path under which a method is reached as JSON, as google.api.http says."""

    verb: str
    template: str
    body: str
    """The field that is the body, "*" for all that the path leaves, "" for none."""
    response_body: str


@dataclass(frozen=True, slots=True)
class Method:
    """An RPC that is reached as JSON."""

    service: str
    comment: str
    proto: pb.MethodDescriptorProto
    bindings: tuple[Binding, ...]

    @property
    def policy(self) -> policy_pb2.Policy:
        return self.proto.options.Extensions[policy_pb2.policy]

    @property
    def request(self) -> str:
        return self.proto.input_type[1:]

    @property
    def response(self) -> str:
        return self.proto.output_type[1:]


@dataclass(slots=True)
class Contract:
    """All of it."""

    messages: dict[str, Message] = field(default_factory=dict)
    enums: dict[str, Enum] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    """The comment of each service with a method that is reached as JSON."""
    methods: list[Method] = field(default_factory=list)
    _method_comments: dict[str, str] = field(default_factory=dict)

    def reasons(self) -> dict[str, str]:
        """What the contract says of each reason, by its name without the prefix."""
        return {
            name.removeprefix("REASON_"): comment
            for enum in self.enums.values()
            if enum.name.startswith(OURS) and enum.name.endswith(".Reason")
            for (name, comment), number in zip(enum.values, enum.numbers, strict=True)
            if number
        }

    def named_by(self, method: Method) -> list[str]:
        """The reasons in a method's comment, and those of the methods that it refers to, in their order."""
        known = self.reasons()
        found: dict[str, None] = {}
        waiting, seen = [method.comment], set[str]()
        while waiting:
            comment = waiting.pop(0)
            found.update(dict.fromkeys(word for word in _STATUS.findall(comment) if word in known))
            others = {f"{method.service}/{name}" for name in _REFERENCE.findall(comment)} - seen
            seen |= others
            waiting += [self._method_comments[other] for other in sorted(others) if other in self._method_comments]
        return list(found)


def read(image: bytes) -> Contract:
    """The contract in a descriptor image with source info."""
    found = Contract()
    for file in pb.FileDescriptorSet.FromString(image).file:
        comments = Comments(file)
        for i, message in enumerate(file.message_type):
            _add_message(found, file.package, message, comments, (_MESSAGE, i))
        for i, enum in enumerate(file.enum_type):
            _add_enum(found, file.package, enum, comments, (_ENUM, i))
        for i, service in enumerate(file.service):
            _add_service(found, file.package, service, comments, i)
    found.methods.sort(key=lambda each: (each.service, each.proto.name))
    return found


def _add_message(
    found: Contract, scope: str, proto: pb.DescriptorProto, comments: Comments, at: tuple[int, ...]
) -> None:
    name = f"{scope}.{proto.name}"
    of_fields = tuple(prose(comments(*at, _FIELD, i)) for i in range(len(proto.field)))
    found.messages[name] = Message(name, prose(comments(*at)), proto, of_fields)
    for i, nested in enumerate(proto.nested_type):
        _add_message(found, name, nested, comments, (*at, _NESTED, i))
    for i, enum in enumerate(proto.enum_type):
        _add_enum(found, name, enum, comments, (*at, _NESTED_ENUM, i))


def _add_enum(
    found: Contract, scope: str, proto: pb.EnumDescriptorProto, comments: Comments, at: tuple[int, ...]
) -> None:
    name = f"{scope}.{proto.name}"
    values = tuple((value.name, prose(comments(*at, _VALUE, i))) for i, value in enumerate(proto.value))
    found.enums[name] = Enum(name, prose(comments(*at)), values, tuple(value.number for value in proto.value))


def _add_service(found: Contract, package: str, proto: pb.ServiceDescriptorProto, comments: Comments, i: int) -> None:
    name = f"{package}.{proto.name}"
    for j, method in enumerate(proto.method):
        comment = prose(comments(_SERVICE, i, _METHOD, j))
        found._method_comments[f"{name}/{method.name}"] = comment  # noqa: SLF001 - of this module
        # googleapis-common-protos types its extensions less exactly than types-protobuf wants them.
        rule: http_pb2.HttpRule = method.options.Extensions[annotations_pb2.http]  # type: ignore[index]
        if bindings := tuple(_bindings(rule)):
            found.services[name] = prose(comments(_SERVICE, i))
            found.methods.append(Method(name, comment, method, bindings))


def _bindings(rule: http_pb2.HttpRule) -> Iterator[Binding]:
    pattern = rule.WhichOneof("pattern")
    if pattern in _VERBS:
        yield Binding(pattern, getattr(rule, pattern), rule.body, rule.response_body)
    elif pattern == "custom":
        yield Binding(rule.custom.kind.lower(), rule.custom.path, rule.body, rule.response_body)
    for more in rule.additional_bindings:
        yield from _bindings(more)


def prose(lines: list[str]) -> str:
    """A comment without the line ends that its width forced on it; paragraphs and lists keep theirs."""
    out: list[str] = []
    for line in lines:
        starts = not line or line.startswith(("- ", "  ")) or not out or not out[-1]
        out = [*out, line] if starts else [*out[:-1], f"{out[-1]} {line}"]
    return "\n".join(out).strip()
