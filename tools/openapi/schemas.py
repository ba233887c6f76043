"""Messages and fields as JSON Schemas: the types of proto3's JSON, and the limits of buf.validate."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field

from cnt_grpc.pb.buf.validate import validate_pb2 as validate
from tools.openapi import rules
from tools.openapi.contract import Contract, Json, Message

HTTP_BODY = "google.api.HttpBody"

_INT64 = {Field.TYPE_INT64, Field.TYPE_UINT64, Field.TYPE_FIXED64, Field.TYPE_SFIXED64, Field.TYPE_SINT64}
_INT32 = {Field.TYPE_INT32, Field.TYPE_UINT32, Field.TYPE_FIXED32, Field.TYPE_SFIXED32, Field.TYPE_SINT32}

_WELL_KNOWN: dict[str, Json] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,9})?s$"},
    "google.protobuf.FieldMask": {"type": "string"},
    "google.protobuf.Empty": {"type": "object"},
    "google.protobuf.Struct": {"type": "object"},
    "google.protobuf.ListValue": {"type": "array"},
    "google.protobuf.Value": {},
    "google.protobuf.Any": {
        "type": "object",
        "properties": {"@type": {"type": "string"}},
        "required": ["@type"],
    },
    HTTP_BODY: {"type": "string", "format": "binary"},
}
"""How proto3 writes these as JSON; https://protobuf.dev/programming-guides/json/."""


class Schemas:
    """Makes schemas, and keeps those of the messages and enums that were asked for, to be components."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._sent = set(_reachable(contract, (method.request for method in contract.methods)))
        self.components: dict[str, Json] = {}

    def message(self, name: str) -> Json:
        """A schema of the message type `name`."""
        if name in _WELL_KNOWN:
            return dict(_WELL_KNOWN[name])
        if name not in self.components:
            self.components[name] = {}  # messages may hold themselves
            self.components[name] = self.object(self._contract.messages[name])
        return {"$ref": f"#/components/schemas/{name}"}

    def object(self, message: Message, without: Iterable[str] = ()) -> Json:
        """The schema of a message as an object, without the fields that stand elsewhere."""
        out: Json = {"type": "object"}
        if text := _paragraphs(message.comment, *rules.of_message(message.proto)):
            out["description"] = text
        fields = [
            (each, comment)
            for each, comment in zip(message.proto.field, message.field_comments, strict=True)
            if each.name not in without
        ]
        if fields:
            out["properties"] = {each.name: self.field(each, comment) for each, comment in fields}
        is_needed = rules.is_required if message.name in self._sent else _is_always_printed
        if needed := [each.name for each, _ in fields if is_needed(each)]:
            out["required"] = needed
        if choices := list(_choices(message, {each.name for each, _ in fields})):
            out["allOf"] = choices
        return out

    def field(self, field: Field, comment: str = "") -> Json:
        """The schema of a field; raises ValueError for a kind of limit that cannot be said."""
        rule = field.options.Extensions[validate.field]
        if field.label == Field.LABEL_REPEATED:
            out = self._repeated(field, rule)
        else:
            out = self._single(field, rule, may_be_zero=rule.ignore != validate.IGNORE_UNSPECIFIED)
        return out | {"description": comment} if comment else out

    def _repeated(self, field: Field, rule: validate.FieldRules) -> Json:
        entry = self._contract.messages.get(field.type_name[1:])
        if entry is not None and entry.proto.options.map_entry:
            values = self._single(entry.proto.field[1], rule.map.values, may_be_zero=False)
            return {"type": "object", "additionalProperties": values} | rules.of_map(rule.map)
        items = self._single(field, rule.repeated.items, may_be_zero=False)
        return {"type": "array", "items": items} | rules.of_list(rule.repeated)

    def _single(self, field: Field, rule: validate.FieldRules, *, may_be_zero: bool) -> Json:
        kind = field.type
        if kind == Field.TYPE_MESSAGE:
            return self.message(field.type_name[1:])
        if kind == Field.TYPE_ENUM:
            return self._enum(field.type_name[1:], rule.enum)
        if kind == Field.TYPE_STRING:
            return {"type": "string"} | rules.of_string(rule.string, may_be_empty=may_be_zero)
        if kind == Field.TYPE_BYTES:
            return {"type": "string", "contentEncoding": "base64", "format": "byte"}
        if kind == Field.TYPE_BOOL:
            return {"type": "boolean"}
        if kind in _INT64:
            return {"type": "string", "format": "int64"} | rules.of_int64(rule.int64, may_be_zero=may_be_zero)
        if kind in _INT32:
            return {"type": "integer", "format": "int32"} | rules.of_int32(rule.int32, may_be_zero=may_be_zero)
        name = "float" if kind == Field.TYPE_FLOAT else "double"
        return {"type": "number", "format": name} | rules.of_number(getattr(rule, name))

    def _enum(self, name: str, rule: validate.EnumRules) -> Json:
        enum = self._contract.enums[name]
        if rule.not_in or getattr(rule, "in"):
            allowed = set(getattr(rule, "in")) or set(enum.numbers)
            pairs = zip(enum.values, enum.numbers, strict=True)
            return {"type": "string", "enum": [v for (v, _), n in pairs if n in allowed - set(rule.not_in)]}
        if name not in self.components:
            values = [f"- `{value}`: {comment}" for value, comment in enum.values]
            self.components[name] = {
                "type": "string",
                "enum": [value for value, _ in enum.values],
                "description": _paragraphs(enum.comment, "\n".join(values)),
            }
        return {"$ref": f"#/components/schemas/{name}"}


def is_message(field: Field) -> bool:
    """Whether a field holds a message whose fields could be parameters of their own."""
    return field.type == Field.TYPE_MESSAGE and field.type_name[1:] not in _WELL_KNOWN


def _is_always_printed(field: Field) -> bool:
    # The edge prints defaults; what has presence it prints only when it is there.
    if field.label == Field.LABEL_REPEATED:
        return True
    return not field.proto3_optional and not field.HasField("oneof_index") and field.type != Field.TYPE_MESSAGE


def _choices(message: Message, shown: set[str]) -> Iterator[Json]:
    """Of the fields of a oneof at most one may be there."""
    for i, oneof in enumerate(message.proto.oneof_decl):
        fields = [f for f in message.proto.field if f.HasField("oneof_index") and f.oneof_index == i]
        names = [f.name for f in fields if f.name in shown and not f.proto3_optional]
        if pairs := [{"required": list(pair)} for pair in combinations(names, 2)]:
            yield {"not": {"anyOf": pairs}}
        if names and oneof.options.Extensions[validate.oneof].required:
            yield {"anyOf": [{"required": [name]} for name in names]}


def _reachable(contract: Contract, names: Iterable[str]) -> Iterator[str]:
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in contract.messages:
            continue
        seen.add(name)
        yield name
        waiting += [f.type_name[1:] for f in contract.messages[name].proto.field if f.type == Field.TYPE_MESSAGE]


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)
