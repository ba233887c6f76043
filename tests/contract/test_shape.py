"""Laws that can be read off the contract: each method has a policy, each field a bound, each name one meaning."""

import re
from collections import Counter

from google.protobuf.descriptor import FieldDescriptor

from cnt_grpc.kit.rpc.policy import Method
from cnt_grpc.pb.buf.validate import validate_pb2
from cnt_grpc.pb.cnt.common.v1 import policy_pb2
from tests.contract.comments import comments, reasons, unknown_words
from tests.contract.fields import OF_GOOGLE, is_sensitive, places
from tests.contract.methods import BY_NAME, EXAMPLES, METHODS, each_method

NUMBERS = {
    FieldDescriptor.TYPE_INT32: "int32",
    FieldDescriptor.TYPE_INT64: "int64",
    FieldDescriptor.TYPE_UINT32: "uint32",
    FieldDescriptor.TYPE_UINT64: "uint64",
    FieldDescriptor.TYPE_FLOAT: "float",
    FieldDescriptor.TYPE_DOUBLE: "double",
}
SPANS = {"google.protobuf.Timestamp": "timestamp", "google.protobuf.Duration": "duration"}


@each_method
def test_every_method_has_an_example(method: Method) -> None:
    assert method.full_name in EXAMPLES, f"add it to tests/<room>/examples.py: {method.full_name}"


def test_no_example_is_of_a_method_that_is_gone() -> None:
    assert set(EXAMPLES) <= set(BY_NAME)


@each_method
def test_requests_and_responses_belong_to_one_method(method: Method) -> None:
    users = Counter(kind.DESCRIPTOR.full_name for each in METHODS for kind in (each.request, each.response))
    for kind in (method.request, method.response):
        name = kind.DESCRIPTOR.full_name
        assert users[name] == 1 or name.startswith(OF_GOOGLE), name


@each_method
def test_every_field_of_a_request_is_bounded(method: Method) -> None:
    unbounded = places(method.request, lambda field: not _is_bounded(field))
    assert [place.name for place in unbounded] == []


@each_method
def test_a_mutation_takes_a_request_id_or_says_by_its_shape_why_not(method: Method) -> None:
    """Streams carry their own resume points; what only reads needs none; signing in again makes another session."""
    may_repeat = method.ignores_bad_token or method.streams or method.only_reads
    if not may_repeat:
        assert method.request_id != policy_pb2.REQUEST_ID_UNSPECIFIED


@each_method
def test_fields_that_look_like_secrets_are_marked(method: Method) -> None:
    words = ("password", "token", "secret", "otp")
    harmless = ("page_token", "token_type")
    for kind in (method.request, method.response):
        for place in places(kind):
            name = place.field.name
            if any(word in name for word in words) and not name.endswith(harmless):
                assert is_sensitive(place.field), place.name


@each_method
def test_a_comment_says_what_the_method_does_and_names_only_reasons_that_exist(method: Method) -> None:
    assert comments()[method.full_name]
    assert unknown_words(method.full_name) == []


@each_method
def test_a_list_has_all_fields_of_paging_or_none(method: Method) -> None:
    request, response = method.request.DESCRIPTOR.fields_by_name, method.response.DESCRIPTOR.fields_by_name
    of_paging = {"page_size" in request, "page_token" in request, "next_page_token" in response}
    assert len(of_paging) == 1
    if of_paging == {True}:
        assert method.only_reads


BROUGHT_BACK = {"cnt.admin.v1.DriveService/FinishDriveSignIn"}
"""What another site leads a browser back with comes by GET, though it changes something: a code that works once."""


@each_method
def test_http_paths_of_methods_that_only_read_are_get(method: Method) -> None:
    for verb, _ in method.http:
        assert (verb == "GET") == (method.only_reads or method.full_name in BROUGHT_BACK)


def test_no_two_methods_share_a_verb_and_path() -> None:
    bindings = Counter((verb, _shape(path)) for method in METHODS for verb, path in method.http)
    assert [each for each, times in bindings.items() if times > 1] == []


def test_a_reason_has_one_meaning_in_all_rooms() -> None:
    assert [each for each, times in reasons().items() if times > 1] == []


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def _is_bounded(field: FieldDescriptor) -> bool:
    rules = field.GetOptions().Extensions[validate_pb2.field]
    if field.is_repeated:
        is_map = field.message_type is not None and field.message_type.GetOptions().map_entry
        if is_map:
            return bool(rules.map.HasField("max_pairs"))
        return bool(rules.repeated.HasField("max_items")) and _is_bounded_value(field, rules.repeated.items)
    return _is_bounded_value(field, rules)


def _is_bounded_value(field: FieldDescriptor, rules: validate_pb2.FieldRules) -> bool:
    if field.type == FieldDescriptor.TYPE_STRING:
        text = rules.string
        ways = {"max_len", "max_bytes", "len", "uuid", "const", "pattern"}
        return not ways.isdisjoint(rule.name for rule, _ in text.ListFields()) or bool(getattr(text, "in"))
    if field.type == FieldDescriptor.TYPE_BYTES:
        return bool(rules.bytes.HasField("max_len") or rules.bytes.HasField("len"))
    if field.type == FieldDescriptor.TYPE_ENUM:
        return bool(rules.enum.defined_only or getattr(rules.enum, "in"))
    if field.type in NUMBERS:
        number = getattr(rules, NUMBERS[field.type])
        above = number.WhichOneof("greater_than") is not None
        # Ids need no upper end: every int64 above zero may be one.
        return above or bool(getattr(number, "in"))
    if field.message_type is not None and field.message_type.full_name in SPANS:
        # Beyond what a clock shows, adding an hour is a defect.
        span = getattr(rules, SPANS[field.message_type.full_name])
        return span.WhichOneof("greater_than") is not None and span.WhichOneof("less_than") is not None
    return True
