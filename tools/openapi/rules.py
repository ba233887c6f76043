"""The limits of buf.validate in the words of JSON Schema; what a schema cannot say is left to the descriptions."""

from collections.abc import Iterator

from google.protobuf.descriptor_pb2 import DescriptorProto
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field

from cnt_grpc.pb.buf.validate import validate_pb2 as validate
from tools.openapi.contract import Json

_UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_FORMATS = {"email": "email", "uri": "uri", "uri_ref": "uri-reference", "hostname": "hostname", "uuid": "uuid"}

_POSITIVE = "[1-9][0-9]{0,17}"
"""Up to 10^18 - 1: what is above, to the end of 64 bits, a pattern says badly, and no id reaches it."""


def of_string(rule: validate.StringRules, *, may_be_empty: bool) -> Json:
    """Length, form and allowed values of a string."""
    out: Json = {}
    if rule.HasField("max_len") or rule.HasField("len"):
        out["maxLength"] = rule.max_len or rule.len
    if rule.min_len or rule.len:
        out["minLength"] = rule.min_len or rule.len
    if rule.HasField("pattern"):
        out["pattern"] = rule.pattern
    if allowed := list(getattr(rule, "in")):
        out["enum"] = allowed
    if form := next((_FORMATS[name] for name in _FORMATS if getattr(rule, name)), ""):
        out["format"] = form
    if form == "uuid":
        # Most readers take a format for a remark.
        out["pattern"] = f"^{_UUID}$"
    return _or_empty(out) if may_be_empty else out


def _or_empty(out: Json) -> Json:
    """The same, for a field whose rules do not hold for ""; such a field is as good as not there."""
    if "enum" in out:
        return out | {"enum": [*out["enum"], ""]}
    if out.get("format") == "uuid":
        return {"pattern": f"^({_UUID})?$"}
    if out.keys() & {"format", "pattern", "minLength"}:
        return {"anyOf": [{"const": ""}, out]}
    return out


def of_int64(rule: validate.Int64Rules, *, may_be_zero: bool) -> Json:
    """The digits of an integer that JSON writes as a string."""
    low = rule.gt + 1 if rule.HasField("gt") else rule.gte if rule.HasField("gte") else None
    out: Json
    if low is not None and low >= 1:
        out = {"pattern": f"^(0|{_POSITIVE})$" if may_be_zero else f"^{_POSITIVE}$"}
    elif low is not None and low == 0:
        out = {"pattern": f"^(0|{_POSITIVE})$"}
    else:
        out = {"pattern": "^-?(0|[1-9][0-9]{0,18})$"}
    high = rule.lt - 1 if rule.HasField("lt") else rule.lte if rule.HasField("lte") else None
    if (low is not None and low > 1) or high is not None:
        out["x-range"] = [low, high]
    return out


def of_int32(rule: validate.Int32Rules, *, may_be_zero: bool) -> Json:
    """The bounds of an integer."""
    low = rule.gt + 1 if rule.HasField("gt") else rule.gte if rule.HasField("gte") else None
    high = rule.lt - 1 if rule.HasField("lt") else rule.lte if rule.HasField("lte") else None
    if may_be_zero and low is not None:
        low = min(low, 0)
    out: Json = {"minimum": -(2**31) if low is None else low, "maximum": 2**31 - 1 if high is None else high}
    if allowed := list(getattr(rule, "in")):
        out["enum"] = sorted({*allowed, 0}) if may_be_zero else allowed
    return out


def of_number(rule: validate.DoubleRules | validate.FloatRules) -> Json:
    """The bounds of a number."""
    names = {"gte": "minimum", "lte": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
    return {names[name]: getattr(rule, name) for name in names if rule.HasField(name)}  # type: ignore[arg-type]


def of_list(rule: validate.RepeatedRules) -> Json:
    """How many items."""
    out: Json = {}
    if rule.HasField("min_items"):
        out["minItems"] = rule.min_items
    if rule.HasField("max_items"):
        out["maxItems"] = rule.max_items
    if rule.unique:
        out["uniqueItems"] = True
    return out


def of_map(rule: validate.MapRules) -> Json:
    """How many entries."""
    out: Json = {}
    if rule.HasField("min_pairs"):
        out["minProperties"] = rule.min_pairs
    if rule.HasField("max_pairs"):
        out["maxProperties"] = rule.max_pairs
    return out


def of_message(message: DescriptorProto) -> Iterator[str]:
    """What must hold between the fields of a message, in the words of whoever wrote the rule."""
    for rule in message.options.Extensions[validate.message].cel:
        if rule.message:
            yield rule.message[:1].upper() + rule.message[1:] + "."


def is_required(field: Field) -> bool:
    """Whether a request without the field is refused before a handler sees it."""
    rule = field.options.Extensions[validate.field]
    if rule.required:
        return True
    if rule.ignore != validate.IGNORE_UNSPECIFIED:
        return False
    if field.label == Field.LABEL_REPEATED:
        return rule.repeated.min_items > 0 or rule.map.min_pairs > 0
    if field.proto3_optional or field.HasField("oneof_index"):
        return False
    return _refuses_zero(rule)


def _refuses_zero(rule: validate.FieldRules) -> bool:
    kind = rule.WhichOneof("type")
    if kind == "string":
        text = rule.string
        wanted = text.min_len > 0 or text.len > 0 or text.WhichOneof("well_known") is not None
        return wanted or (bool(getattr(text, "in")) and "" not in getattr(text, "in"))
    if kind == "bytes":
        return rule.bytes.min_len > 0 or rule.bytes.len > 0
    if kind == "enum":
        return 0 in rule.enum.not_in
    if kind in {"int64", "int32", "double", "float"}:
        number = getattr(rule, kind)
        return bool((number.HasField("gt") and number.gt >= 0) or (number.HasField("gte") and number.gte > 0))
    return False
