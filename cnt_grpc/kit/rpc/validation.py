"""The rules that the contract itself states, checked before any handler sees a request."""

from collections.abc import Callable
from typing import Any

from google.protobuf import descriptor, message
from protovalidate import Validator
from protovalidate import Violation as Broken

from cnt_grpc.kit.errors import Invalid, Violation
from cnt_grpc.pb.cnt.common.v1.reason import Reason

_validator = Validator()


def parser(kind: type[Any]) -> Callable[[bytes], Any]:
    """What turns bytes into a valid message of this type, or raises Invalid with every violation."""
    from_string = kind.FromString
    has_fields = bool(kind.DESCRIPTOR.fields)

    def parse(raw: bytes) -> Any:  # noqa: ANN401  (a message of `kind`; protobuf's own stubs say Any too)
        try:
            request = from_string(raw)
        except message.DecodeError:
            raise Invalid(Reason.MALFORMED, f"the bytes are no {kind.DESCRIPTOR.name}") from None
        if has_fields:
            check(request, raw)
        return request

    return parse


def check(request: message.Message, raw: bytes) -> None:
    """Raise Invalid with every rule that the message breaks."""
    violations = [_violation(each) for each in _validator.collect_violations(request)]
    # Postgres cannot store NUL in text, and proto3 lets it through; most messages have no such byte at all.
    if b"\0" in raw:
        violations += [Violation(path, "must not hold the character NUL", "string.nul") for path in _nul_paths(request)]
    if violations:
        raise Invalid(violations=violations)


def _nul_paths(request: message.Message, prefix: str = "") -> list[str]:
    found = []
    for field, value in request.ListFields():
        path = prefix + field.name
        # A map's keys can hold NUL as well; its entries are walked as pairs.
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            found += [f'{path}["…"]' for key, each in value.items() if "\0" in str(key) or "\0" in str(each)]
            continue
        several = field.is_repeated
        for index, each in enumerate(value if several else (value,)):
            place = f"{path}[{index}]" if several else path
            if isinstance(each, message.Message):
                found += _nul_paths(each, place + ".")
            elif field.type == descriptor.FieldDescriptor.TYPE_STRING and "\0" in each:
                found.append(place)
    return found


def _violation(broken: Broken) -> Violation:
    proto = broken.proto
    path = ""
    if proto.field is not None:
        for element in proto.field.elements:
            path += ("." if path else "") + (element.field_name or "")
            subscript = element.subscript
            if subscript is not None:
                path += f"[{subscript.value!r}]"
    return Violation(path, proto.message or "is invalid", proto.rule_id or "")
