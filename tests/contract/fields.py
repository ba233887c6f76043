"""Fields of messages at any depth: to find them by what the contract says of them, and to put values into them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from google.protobuf import descriptor
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.rpc import validation
from cnt_grpc.pb.buf.validate import validate_pb2
from cnt_grpc.pb.cnt.common.v1 import policy_pb2

M = TypeVar("M", bound=Message)

OF_GOOGLE = "google."


@dataclass(frozen=True)
class Place:
    """A field of a request, or of a message in it."""

    steps: tuple[FieldDescriptor, ...]

    @property
    def field(self) -> FieldDescriptor:
        """The field itself."""
        return self.steps[-1]

    @property
    def name(self) -> str:
        """Such as `preferences.type`."""
        return ".".join(step.name for step in self.steps)

    @property
    def path(self) -> str:
        """As violations name it once a value is put there, such as `preferences[0].type`."""
        return ".".join(f"{step.name}[0]" if step.is_repeated else step.name for step in self.steps)

    def put(self, message: Any, value: Any) -> None:
        """Set the field to the value, in the first element of each list on the way; lists hold the value alone."""
        for step in self.steps[:-1]:
            message = getattr(message, step.name)
            if step.is_repeated:
                message = message[0] if message else message.add()
            else:
                message.SetInParent()
        if self.field.is_repeated:
            message.ClearField(self.field.name)
            getattr(message, self.field.name).append(value)
        else:
            setattr(message, self.field.name, value)

    def get(self, message: Any) -> Any:
        """The field's value, in the first element of each list; None where there is none."""
        for step in self.steps:
            message = getattr(message, step.name)
            if step.is_repeated:
                message = message[0] if message else None
            if message is None:
                return None
        return message


def places(
    kind: type[Message], wanted: Callable[[FieldDescriptor], bool] = lambda _: True, *, of_google: bool = False
) -> list[Place]:
    """The wanted fields of a message and of those inside it; of Google's own, which bound themselves, only if asked."""
    left_out = "" if of_google else OF_GOOGLE
    return [place for place in _walk(descriptor_of(kind), (), frozenset(), left_out) if wanted(place.field)]


def descriptor_of(kind: type[Message]) -> descriptor.Descriptor:
    """What the contract says of a message; protobuf's stubs take its two implementations for different types."""
    return cast("descriptor.Descriptor", kind.DESCRIPTOR)


def _walk(
    kind: descriptor.Descriptor, above: tuple[FieldDescriptor, ...], seen: frozenset[str], left_out: str
) -> Iterator[Place]:
    if kind.full_name in seen or (left_out and kind.full_name.startswith(left_out)):
        return
    for field in kind.fields:
        steps = (*above, field)
        yield Place(steps)
        if field.message_type is not None and not field.message_type.GetOptions().map_entry:
            yield from _walk(field.message_type, steps, seen | {kind.full_name}, left_out)


def is_text(field: FieldDescriptor) -> bool:
    """Whether the field holds a string or several."""
    return bool(field.type == FieldDescriptor.TYPE_STRING)


def overlong(field: FieldDescriptor) -> str:
    """A text that is longer than the field takes."""
    rules = field.GetOptions().Extensions[validate_pb2.field]
    text = rules.repeated.items.string if field.is_repeated else rules.string
    return "x" * (max(text.max_len, text.max_bytes, 1000) + 1)


def is_sensitive(field: FieldDescriptor) -> bool:
    """Whether the contract says that the field's value stays out of logs."""
    return bool(field.GetOptions().Extensions[policy_pb2.sensitive])


def is_id(field: FieldDescriptor) -> bool:
    """Whether the field names something by its id, as far as its name tells."""
    return field.name.endswith(("_id", "_ids")) and field.name != "request_id"


def wrong_fields(request: Message) -> set[str]:
    """The paths of the fields that break the contract's rules."""
    try:
        validation.check(request, request.SerializeToString())
    except Invalid as error:
        return {violation.field for violation in error.violations}
    return set()


def copy(message: M) -> M:
    """The same message once more: what is refused is not used up, and may be sent in many variants."""
    made = type(message)()
    made.CopyFrom(message)
    return made
