"""Copies of messages without what the contract marks as sensitive, for logs."""

from functools import cache

from google.protobuf import descriptor, json_format, message, text_format

from cnt_grpc.pb.cnt.common.v1 import policy_pb2

LONGEST = 2_000
"""Characters of a message in a log line."""


def text(found: message.Message) -> str:
    """One line of JSON with the sensitive fields cleared, cut to `LONGEST` characters."""
    copy = type(found)()
    copy.CopyFrom(found)
    clear(copy)
    try:
        return json_format.MessageToJson(copy, indent=None, preserving_proto_field_name=True)[:LONGEST]
    except json_format.SerializeToJsonError:
        # A moment or a duration out of range has no JSON; what is logged may be the very request that is wrong.
        return text_format.MessageToString(copy, as_one_line=True)[:LONGEST]


def clear(found: message.Message) -> None:
    """Clear every sensitive field of a message and of the messages in it."""
    secret, nested = _plan(found.DESCRIPTOR)
    for field in secret:
        found.ClearField(field.name)
    for field in nested:
        if _is_map(field):
            for each in getattr(found, field.name).values():
                clear(each)
        elif field.is_repeated:
            for each in getattr(found, field.name):
                clear(each)
        elif found.HasField(field.name):
            clear(getattr(found, field.name))


_Fields = tuple[descriptor.FieldDescriptor, ...]


@cache
def _plan(kind: descriptor.Descriptor) -> tuple[_Fields, _Fields]:
    """The fields to clear, and those that may hold such fields; computed once a type."""
    secret = tuple(f for f in kind.fields if f.GetOptions().Extensions[policy_pb2.sensitive])
    rest = (f for f in kind.fields if f not in secret)
    return secret, tuple(field for field in rest if _hides(_messages_in(field), frozenset()))


def holds_secrets(kind: descriptor.Descriptor) -> bool:
    """Whether a message of this type can hold a sensitive field at any depth."""
    return _hides(kind, frozenset())


def _is_map(field: descriptor.FieldDescriptor) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def _messages_in(field: descriptor.FieldDescriptor) -> descriptor.Descriptor | None:
    """The type of the messages that the field holds, of a map its values; None for other fields."""
    if field.message_type is not None and _is_map(field):
        return field.message_type.fields_by_name["value"].message_type
    return field.message_type


def _hides(kind: descriptor.Descriptor | None, seen: frozenset[str]) -> bool:
    if kind is None or kind.full_name in seen:
        return False
    inside = seen | {kind.full_name}
    return any(
        field.GetOptions().Extensions[policy_pb2.sensitive] or _hides(_messages_in(field), inside)
        for field in kind.fields
    )
