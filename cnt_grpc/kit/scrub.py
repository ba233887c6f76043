"""Copies of messages without what the contract marks as sensitive, for logs."""

from functools import cache

from google.protobuf import descriptor, json_format, message

from cnt_grpc.pb.cnt.common.v1 import policy_pb2

LONGEST = 2_000
"""Characters of a message in a log line."""


def text(found: message.Message) -> str:
    """One line of JSON with the sensitive fields cleared, cut to `LONGEST` characters."""
    copy = type(found)()
    copy.CopyFrom(found)
    clear(copy)
    return json_format.MessageToJson(copy, indent=None, preserving_proto_field_name=True)[:LONGEST]


def clear(found: message.Message) -> None:
    """Clear every sensitive field of a message and of the messages in it."""
    secret, nested = _plan(found.DESCRIPTOR)
    for field in secret:
        found.ClearField(field.name)
    for field in nested:
        if field.message_type.GetOptions().map_entry:
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
    nested = tuple(f for f in kind.fields if f not in secret and _holds_messages(f) and _hides(f.message_type, frozenset()))
    return secret, nested


def holds_secrets(kind: descriptor.Descriptor) -> bool:
    """Whether a message of this type can hold a sensitive field at any depth."""
    return _hides(kind, frozenset())


def _holds_messages(field: descriptor.FieldDescriptor) -> bool:
    if field.message_type is None:
        return False
    if field.message_type.GetOptions().map_entry:
        return field.message_type.fields_by_name["value"].message_type is not None
    return True


def _hides(kind: descriptor.Descriptor, seen: frozenset[str]) -> bool:
    if kind.full_name in seen:
        return False
    inside = seen | {kind.full_name}
    return any(
        field.GetOptions().Extensions[policy_pb2.sensitive]
        or (field.message_type is not None and _hides(field.message_type, inside))
        for field in kind.fields
    )
