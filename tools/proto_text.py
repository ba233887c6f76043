"""Prints a compiled .proto file as source again, so that buf can read a schema that a wheel carries as a descriptor.

Enough of the language for buf/validate/validate.proto (proto2 and proto3, without services, maps, groups and default
values); whatever it cannot print it refuses. Comments are not part of a descriptor, so the source has none.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from google.protobuf.descriptor import FieldDescriptor
    from google.protobuf.message import Message

Field = descriptor_pb2.FieldDescriptorProto
Range = (
    descriptor_pb2.DescriptorProto.ReservedRange
    | descriptor_pb2.DescriptorProto.ExtensionRange
    | descriptor_pb2.EnumDescriptorProto.EnumReservedRange
)
LARGEST_NUMBER = 536_870_911  # the last field number that protobuf allows, written "max" in a range


def proto_text(file: descriptor_pb2.FileDescriptorProto, pool: descriptor_pool.DescriptorPool) -> str:
    """The source of `file`; `pool` knows the extensions that its options use. ValueError for what is not supported."""
    if file.service or file.edition:
        message = f"{file.name}: services and editions are not supported"
        raise ValueError(message)
    return "\n".join(_Printer(pool).file(file)) + "\n"


class _Printer:
    """One pool's view of options; every method yields lines without their outer indentation."""

    def __init__(self, pool: descriptor_pool.DescriptorPool) -> None:
        self.pool = pool

    def file(self, file: descriptor_pb2.FileDescriptorProto) -> Iterator[str]:
        yield f'syntax = "{file.syntax or "proto2"}";'
        yield f"package {file.package};"
        for name in file.dependency:
            yield f'import "{name}";'
        for option in self.options(file.options):
            yield f"option {option};"
        for message in file.message_type:
            yield from self.message(message, file.syntax)
        for enum in file.enum_type:
            yield from self.enum(enum)
        yield from self.extensions(file.extension, file.syntax)

    def message(self, message: descriptor_pb2.DescriptorProto, syntax: str) -> Iterator[str]:
        if any(nested.options.map_entry for nested in message.nested_type):
            refused = f"{message.name}: map fields are not supported"
            raise ValueError(refused)
        yield f"message {message.name} {{"
        yield from _indented(f"option {option};" for option in self.options(message.options))
        for nested in message.nested_type:
            yield from _indented(self.message(nested, syntax))
        for enum in message.enum_type:
            yield from _indented(self.enum(enum))
        yield from _indented(self.fields(message, syntax))
        yield from _indented(_ranges("extensions", message.extension_range, beyond=1))
        yield from _indented(_ranges("reserved", message.reserved_range, beyond=1))
        yield from _indented(f'reserved "{name}";' for name in message.reserved_name)
        yield from _indented(self.extensions(message.extension, syntax))
        yield "}"

    def fields(self, message: descriptor_pb2.DescriptorProto, syntax: str) -> Iterator[str]:
        """The fields in order; a oneof stands where its first member does, as the compiler requires."""
        for in_oneof, members in itertools.groupby(message.field, _real_oneof):
            if in_oneof is None:
                for field in members:
                    yield from self.field(field, syntax)
            else:
                oneof = message.oneof_decl[in_oneof]
                yield f"oneof {oneof.name} {{"
                yield from _indented(f"option {option};" for option in self.options(oneof.options))
                for field in members:
                    yield from _indented(self.field(field, "oneof"))
                yield "}"

    def field(self, field: Field, syntax: str) -> Iterator[str]:
        if field.type == Field.TYPE_GROUP or field.HasField("default_value"):
            refused = f"{field.name}: groups and default values are not supported"
            raise ValueError(refused)
        kind = field.type_name or Field.Type.Name(field.type).removeprefix("TYPE_").lower()
        label = ""
        if field.label == Field.LABEL_REPEATED:
            label = "repeated "
        elif field.label == Field.LABEL_REQUIRED:
            label = "required "
        elif field.proto3_optional or syntax in {"", "proto2"}:
            label = "optional "
        options = ", ".join(self.options(field.options))
        yield f"{label}{kind} {field.name} = {field.number}{f' [{options}]' if options else ''};"

    def enum(self, enum: descriptor_pb2.EnumDescriptorProto) -> Iterator[str]:
        yield f"enum {enum.name} {{"
        yield from (f"  option {option};" for option in self.options(enum.options))
        for value in enum.value:
            options = ", ".join(self.options(value.options))
            yield f"  {value.name} = {value.number}{f' [{options}]' if options else ''};"
        yield from _indented(_ranges("reserved", enum.reserved_range, beyond=0))
        yield from _indented(f'reserved "{name}";' for name in enum.reserved_name)
        yield "}"

    def extensions(self, fields: Iterable[Field], syntax: str) -> Iterator[str]:
        for field in fields:
            yield f"extend {field.extendee} {{"
            yield from _indented(self.field(field, syntax))
            yield "}"

    def options(self, options: Message) -> Iterator[str]:
        """Each set option as `name = value`; parsed again by the pool's class, which knows the extensions."""
        known = message_factory.GetMessageClass(self.pool.FindMessageTypeByName(options.DESCRIPTOR.full_name))
        for field, value in known.FromString(options.SerializeToString()).ListFields():
            name = f"({field.full_name})" if field.is_extension else field.name
            for item in value if field.is_repeated else [value]:
                if field.message_type:
                    yield f"{name} = {{ {text_format.MessageToString(item, as_one_line=True)} }}"
                else:
                    yield f"{name} = {_scalar(field, item)}"


def _real_oneof(field: Field) -> int | None:
    """The index of the oneof that a field was written in; a proto3 `optional` only looks as if it had one."""
    return field.oneof_index if field.HasField("oneof_index") and not field.proto3_optional else None


def _scalar(field: FieldDescriptor, value: object) -> str:
    """A single option value as the text format writes it."""
    out = text_format.TextWriter(as_utf8=True)
    text_format.PrintFieldValue(field, value, out)
    return str(out.getvalue())


def _ranges(word: str, ranges: Iterable[Range], *, beyond: int) -> Iterator[str]:
    """Number ranges. A message's `end` lies 1 `beyond` the last number, an enum's 0: so descriptors have it."""
    for item in ranges:
        last = item.end - beyond
        yield f"{word} {item.start} to {'max' if last == LARGEST_NUMBER else last};"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
