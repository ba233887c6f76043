"""Requests that no client of ours would send: valid ones, with a field or some bytes changed at random."""

from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Any

from google.protobuf import message_factory
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from tests.contract.fields import Place, copy, places, wrong_fields

TEXTS = (
    "",
    " ",
    "\0",
    "a\0b",
    "x" * 5_000,
    "'; DROP TABLE users; --",
    "../../../../etc/passwd",
    "<script>alert(1)</script>",
    "%s%n{0}${jndi:ldap://x}",
    "\u202etxt.exe",
    "\ufeff\u200b\u2028",
    "é" * 300,
    "👩‍👩‍👧‍👦" * 40,
    "\U000e0001\uffff",
    "ß" * 100,
    "İ",
    "null",
    "-1",
    "1e309",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "a@b",
    "@",
    '"a b"@example.com',
    "x@" + "y." * 120 + "z",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "podcast",
    "Africa/Addis_Ababa",
    "America/",
    "..",
    "en-" * 11,
)
INTEGERS = (0, 1, 2, -1, 100, 101, 2**31 - 1, -(2**31), 2**31, 2**53 + 1, 2**62, 2**63 - 1, -(2**63))
FLOATS = (0.0, -0.0, 1e308, -1e308, 5e-324, float("inf"), float("-inf"), float("nan"))
DATA = (
    b"",
    b"\0",
    b"\xff" * 32,
    b"ID3\x04\x00\x00\x00\x00\x00\x00",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\xff\xff\xff\xffWAVEfmt ",
)

_INT32 = {FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_SINT32, FieldDescriptor.TYPE_SFIXED32}
_RANGES = {
    **dict.fromkeys((*_INT32, FieldDescriptor.TYPE_ENUM), (-(2**31), 2**31 - 1)),
    **dict.fromkeys((FieldDescriptor.TYPE_UINT32, FieldDescriptor.TYPE_FIXED32), (0, 2**32 - 1)),
    **dict.fromkeys((FieldDescriptor.TYPE_UINT64, FieldDescriptor.TYPE_FIXED64), (0, 2**64 - 1)),
}


def mutated(requests: Sequence[Message], random: Random) -> list[bytes]:
    """The requests with a few changes: mostly of fields, which pass the parser, sometimes of bytes or of the order."""
    bodies = [_mutated(request, random) for request in requests]
    if len(bodies) > 1 and random.random() < 0.3:
        bodies = random.choices(bodies, k=random.choice((1, 2, 3)))
    return bodies


def _mutated(request: Message, random: Random) -> bytes:
    changed = copy(request)
    found = places(type(request), of_google=True)
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        if found:
            _change(changed, random.choice(found), random)
    body = changed.SerializeToString()
    return _garbled(body, random) if random.random() < 0.2 else body


def _change(message: Message, place: Place, random: Random) -> None:
    field = place.field
    if field.message_type is not None:
        # A message of its own: there, and perhaps empty.
        inner = None if field.is_repeated else place.get(message)
        if inner is not None:
            inner.SetInParent()
        return
    place.put(message, _value(place, random))
    if field.is_repeated and random.random() < 0.3:
        parent = Place(place.steps[:-1]).get(message)
        getattr(parent, field.name).extend([_value(place, random) for _ in range(random.choice((2, 30, 600)))])


def _value(place: Place, random: Random) -> Any:
    """Any value, or as often one that the contract takes, so that it reaches the rules behind."""
    taken = _taken(place)
    if taken and random.random() < 0.5:
        return random.choice(taken)
    return _any_value(place.field, random)


@cache
def _taken(place: Place) -> list[Any]:
    """Of our texts or numbers those that the field takes."""
    if place.field.type == FieldDescriptor.TYPE_STRING:
        return [text for text in TEXTS if _takes(place, text)]
    if place.field.type in {*_INT32, FieldDescriptor.TYPE_INT64, FieldDescriptor.TYPE_ENUM}:
        least, most = _RANGES.get(place.field.type, (-(2**63), 2**63 - 1))
        return [number for number in (*INTEGERS, 3, 4) if least <= number <= most and _takes(place, number)]
    return []


def _takes(place: Place, value: Any) -> bool:
    kind = place.steps[0].containing_type
    assert kind is not None  # only extensions have none
    filled = message_factory.GetMessageClass(kind)()
    place.put(filled, value)
    return place.path not in wrong_fields(filled)


def _any_value(field: FieldDescriptor, random: Random) -> Any:
    kind = field.type
    if kind == FieldDescriptor.TYPE_STRING:
        return random.choice(TEXTS) + random.choice(("", "", random.choice(TEXTS)))
    if kind == FieldDescriptor.TYPE_BYTES:
        return random.choice(DATA) + random.randbytes(random.choice((0, 1, 100)))
    if kind == FieldDescriptor.TYPE_BOOL:
        return random.random() < 0.5
    if kind in {FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT}:
        return random.choice(FLOATS)
    least, most = _RANGES.get(kind, (-(2**63), 2**63 - 1))
    return max(least, min(most, random.choice(INTEGERS)))


def _garbled(body: bytes, random: Random) -> bytes:
    at = random.randrange(len(body) + 1)
    match random.randrange(5):
        case 0:
            return body[:at] + random.randbytes(random.choice((1, 2, 8))) + body[at:]
        case 1:
            return body[:at] + body[at + 1 :]
        case 2:
            return body[:at]
        case 3:
            return body + body
        case _:
            return (
                body[:at] + bytes([body[at] ^ (1 << random.randrange(8))]) + body[at + 1 :] if at < len(body) else body
            )
