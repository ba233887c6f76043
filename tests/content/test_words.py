"""The words of kinds in the contract: every list of them has all that there are, and leaves none out."""

from collections.abc import Iterator

import pytest
from google.protobuf import descriptor, descriptor_pool

from cnt_grpc import app
from cnt_grpc.content.kinds import KINDS
from cnt_grpc.pb.buf.validate import validate_pb2
from cnt_grpc.pb.cnt.content.v1.item_pb2 import ContentType
from cnt_grpc.search import Kind

NAMES = {kind.name for kind in KINDS}


def _messages(of: descriptor.Descriptor, seen: set[str]) -> Iterator[descriptor.Descriptor]:
    if of.full_name not in seen:
        seen.add(of.full_name)
        yield of
        for field in of.fields:
            if field.message_type is not None:
                yield from _messages(field.message_type, seen)


def lists() -> Iterator[tuple[str, frozenset[str]]]:
    """Every list of words that a field of a request may have, if it names a kind of ours."""
    pool, seen = descriptor_pool.Default(), set[str]()
    for service in app.SERVICES:
        for method in pool.FindServiceByName(service).methods:
            for message in _messages(method.input_type, seen):
                for field in message.fields:
                    rules = field.GetOptions().Extensions[validate_pb2.field]
                    words = frozenset([*getattr(rules.string, "in"), *getattr(rules.repeated.items.string, "in")])
                    if words & NAMES:
                        yield field.full_name, words


# A draft is of something that one makes at leisure, and no kind of item alone.
@pytest.mark.parametrize(("field", "words"), [each for each in lists() if "draft" not in each[0].lower()])
def test_no_kind_is_left_out(field: str, words: frozenset[str]) -> None:
    assert words >= NAMES, field


def test_every_kind_has_its_type_and_is_found() -> None:
    assert {f"CONTENT_TYPE_{name.upper()}" for name in NAMES} <= set(ContentType.keys())
    assert {kind.value for kind in Kind} >= NAMES
