"""The OpenAPI document says what the contract says: every method that is bound to HTTP, and what each of them takes."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pb2 as pb
from google.protobuf import json_format
from openapi_spec_validator import validate

from cnt_grpc import http
from cnt_grpc.edge.__main__ import IMAGE
from cnt_grpc.edge.contract import Contract, read_contract
from cnt_grpc.pb.buf.validate import validate_pb2
from tools.openapi import rules
from tools.openapi.contract import prose
from tools.openapi.operations import summary

Json = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Json:
    """As it is checked in."""
    found: Json = json.loads(Path(http.__file__).with_name("openapi.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def contract() -> Contract:
    return read_contract(IMAGE)


def operations(document: Json) -> dict[tuple[str, str], Json]:
    return {(verb.upper(), path): o for path, verbs in document["paths"].items() for verb, o in verbs.items()}


def test_it_is_valid(document: Json) -> None:
    validate(document)


def test_every_bound_method_is_in_it_and_nothing_else(document: Json, contract: Contract) -> None:
    bound = {
        (binding.verb, re.sub(r"=[^}]*", "", binding.template)): f"{method.service}/{method.name}"
        for method in contract.methods
        for binding in method.bindings
    }
    assert {key: operation["x-rpc"] for key, operation in operations(document).items()} == bound


def test_names_are_unique_and_everything_is_described(document: Json) -> None:
    found = list(operations(document).values())
    assert [name for name, times in Counter(o["operationId"] for o in found).items() if times > 1] == []
    for operation in found:
        assert operation["summary"], operation["operationId"]
        assert "Who may call: " in operation["description"], operation["operationId"]
        assert all(parameter.get("description") for parameter in operation.get("parameters", [])), operation


def test_parameters_match_the_path(document: Json) -> None:
    for (verb, path), operation in operations(document).items():
        parameters = operation.get("parameters", [])
        names = Counter((each["in"], each["name"]) for each in parameters)
        assert max(names.values(), default=1) == 1, (verb, path)
        in_path = {each["name"] for each in parameters if each["in"] == "path"}
        assert in_path == set(re.findall(r"{(.+?)}", path)), (verb, path)
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        properties = body.get("properties") or named(document, body).get("properties", {})
        assert not in_path & properties.keys(), (verb, path)


def named(document: Json, schema: Json) -> Json:
    found: Json = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def test_whoever_must_sign_in_is_told(document: Json) -> None:
    for operation in operations(document).values():
        if operation["security"] == [{"bearer": []}]:
            assert "NOT_SIGNED_IN" in operation["responses"]["401"]["x-reasons"]
        else:
            assert operation["security"] in ([], [{}, {"bearer": []}])


def test_every_reason_is_explained(document: Json) -> None:
    refusals = [
        answer
        for operation in [*operations(document).values(), document["components"]]
        for answer in operation["responses"].values()
    ]
    said = {reason for answer in refusals for reason in answer.get("x-reasons", [])}
    assert "INVALID" in said
    assert {reason for reason in said if not document["x-reasons"].get(reason)} == set()


def test_uploads_are_forms_or_bytes(document: Json) -> None:
    content = operations(document)["POST", "/api/v1/upload/audio"]["requestBody"]["content"]
    assert content.keys() == {"multipart/form-data", "application/octet-stream"}
    assert content["multipart/form-data"]["schema"]["required"] == ["file"]


def test_a_stream_says_that_it_is_one(document: Json) -> None:
    answer = operations(document)["GET", "/api/v1/notifications/stream"]["responses"]["200"]
    assert answer["content"]["application/json"]["x-stream"] == "ndjson"


def test_a_field_that_may_be_left_out_may_be_empty() -> None:
    email = validate_pb2.StringRules(email=True, max_len=9)
    assert rules.of_string(email, may_be_empty=False) == {"maxLength": 9, "format": "email"}
    assert {"const": ""} in rules.of_string(email, may_be_empty=True)["anyOf"]
    uuid = rules.of_string(validate_pb2.StringRules(uuid=True), may_be_empty=True)["pattern"]
    assert re.search(uuid, "")
    assert re.search(uuid, "123e4567-e89b-12d3-a456-426614174000")
    assert not re.search(uuid, "x")


@pytest.mark.parametrize(
    ("given", "zero", "fits", "fails"),
    [
        ({"gt": 0}, False, ["1", "42"], ["0", "-1", "01", ""]),
        ({"gt": 0}, True, ["0", "7"], ["-1"]),
        ({"gte": 0}, False, ["0", "7"], ["-7", "00"]),
        ({}, False, ["0", "-9223372036854775808", "9223372036854775807"], ["x", "+1", "1.5"]),
    ],
)
def test_digits_of_int64(given: dict[str, int], zero: bool, fits: list[str], fails: list[str]) -> None:
    pattern = rules.of_int64(json_format.ParseDict(given, validate_pb2.Int64Rules()), may_be_zero=zero)["pattern"]
    assert all(re.search(pattern, each) for each in fits)
    assert not any(re.search(pattern, each) for each in fails)


def test_what_is_required() -> None:
    kinds = pb.FieldDescriptorProto
    field = kinds(name="title", type=kinds.TYPE_STRING)
    rule = field.options.Extensions[validate_pb2.field]
    rule.string.max_len = 5
    assert not rules.is_required(field)
    rule.string.min_len = 1
    assert rules.is_required(field)
    rule.ignore = validate_pb2.IGNORE_IF_ZERO_VALUE
    assert not rules.is_required(field)
    rule.ignore = validate_pb2.IGNORE_UNSPECIFIED
    field.proto3_optional = True
    assert not rules.is_required(field)


def test_comments_lose_only_the_breaks_of_their_width() -> None:
    lines = ["Takes a file", "of any kind.", "", "- one", "  more", "- two"]
    assert prose(lines) == "Takes a file of any kind.\n\n- one\n  more\n- two"
    assert summary("Takes a file, as\nit is. Then more.") == "Takes a file, as it is"
