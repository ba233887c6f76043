"""Refusals on the wire: how much of them is told."""

import pytest
from google.rpc import error_details_pb2

from cnt_grpc.kit.errors import Invalid, Violation
from cnt_grpc.kit.rpc.status import MOST_BYTES, MOST_VIOLATIONS, status_of


def told(error: Invalid) -> list[str]:
    """The fields that the answer names, which must be a short one."""
    status = status_of(error, "0" * 36)
    assert status.ByteSize() <= MOST_BYTES
    found = error_details_pb2.BadRequest()
    assert any(each.Unpack(found) for each in status.details)
    return [each.field for each in found.field_violations]


def test_a_few_violations_are_all_told() -> None:
    fields = ["name", "title", "email"]
    assert told(Invalid(violations=[Violation(field, "is missing", "required") for field in fields])) == fields


@pytest.mark.parametrize("length", [10, 60, 120, 190, 500])
def test_of_many_violations_the_first_are_told(length: int) -> None:
    error = Invalid(violations=[Violation(f"things[{n}]", "x" * length, "string.pattern") for n in range(700)])
    fields = told(error)
    assert fields == [f"things[{number}]" for number in range(len(fields))]
    assert 1 <= len(fields) <= MOST_VIOLATIONS
