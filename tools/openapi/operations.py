"""One operation for each verb and path of a method: parameters, body, answers, and who may call."""

import re
from collections.abc import Iterator

from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field

from cnt_grpc.pb.cnt.common.v1 import policy_pb2 as policy
from tools.openapi import rules
from tools.openapi.contract import Binding, Contract, Json, Message, Method
from tools.openapi.errors import Errors
from tools.openapi.schemas import HTTP_BODY, Schemas, is_message

_VARIABLE = re.compile(r"\{([^}=]+)(?:=[^}]*)?\}")
_SENTENCE = re.compile(r"(.+?[.!?])(?:\s|$)", re.DOTALL)

_WHO = {
    policy.ACCESS_PUBLIC: "anyone",
    policy.ACCESS_GUEST: "anyone signed in, guests included",
    policy.ACCESS_USER: "anyone signed in with a real account",
    policy.ACCESS_CREATOR: "creators",
    policy.ACCESS_MODERATOR: "moderators and administrators",
    policy.ACCESS_ADMIN: "administrators",
    policy.ACCESS_WEBHOOK: "providers, who sign the body",
}
_KEY: Json = {
    "name": "idempotency-key",
    "in": "header",
    "required": False,
    "description": "A UUID that makes a retry of this call harmless, as `request_id` does where the body is a message.",
    "schema": {"type": "string", "format": "uuid"},
}


def path_of(binding: Binding) -> str:
    """The path as OpenAPI writes it: {name=*} is {name}."""
    return _VARIABLE.sub(r"{\1}", binding.template)


class Operations:
    """Makes the operations of a contract."""

    def __init__(self, contract: Contract, schemas: Schemas, errors: Errors) -> None:
        self._contract = contract
        self._schemas = schemas
        self._errors = errors

    def of(self, method: Method, number: int, binding: Binding) -> Json:
        """The operation of the method's binding of that number."""
        variables = _VARIABLE.findall(binding.template)
        refusals = self._errors.of(method, has_body=bool(binding.body), has_path=bool(variables))
        service = method.service.rpartition(".")[2]
        out: Json = {
            "operationId": f"{service}_{method.proto.name}" + (f"_{number + 1}" if number else ""),
            "tags": [service],
            "summary": summary(method.comment),
            "description": _description(method),
        }
        if parameters := list(self._parameters(method, binding, variables)):
            out["parameters"] = parameters
        if binding.body:
            out["requestBody"] = self._body(method, binding, variables)
        out["responses"] = {"200": self._answer(method, binding)} | {
            str(status): self._errors.response(status, reasons) for status, reasons in refusals.items()
        }
        out["security"] = _security(method.policy)
        out["x-rpc"] = f"{method.service}/{method.proto.name}"
        return out

    def _parameters(self, method: Method, binding: Binding, variables: list[str]) -> Iterator[Json]:
        request = self._contract.messages[method.request]
        for name in variables:
            field, comment = self._find(request, name)
            schema = self._schemas.field(field)
            if schema.get("type") == "string" and "pattern" not in schema and "enum" not in schema:
                schema["minLength"] = max(1, schema.get("minLength", 0))  # an empty segment is another path
            yield _parameter(name, "path", schema, comment, required=True)
        if binding.body != "*":
            yield from self._query(request, "", {*variables, binding.body})
        is_raw = binding.body not in {"", "*"} and self._is_raw(request, binding.body)
        if is_raw and method.policy.request_id:
            required = method.policy.request_id == policy.REQUEST_ID_REQUIRED
            yield _KEY | {"required": required}

    def _query(self, message: Message, prefix: str, elsewhere: set[str]) -> Iterator[Json]:
        for field, comment in zip(message.proto.field, message.field_comments, strict=True):
            name = f"{prefix}{field.name}"
            if name in elsewhere:
                continue
            if not is_message(field):
                needed = rules.is_required(field) and not prefix
                yield _parameter(name, "query", self._schemas.field(field), comment, required=needed)
            elif field.label != Field.LABEL_REPEATED:
                # Fields of fields are written with dots. Lists of messages and maps cannot be parameters.
                inner = self._contract.messages[field.type_name[1:]]
                if inner.name != message.name:
                    yield from self._query(inner, f"{name}.", elsewhere)

    def _body(self, method: Method, binding: Binding, variables: list[str]) -> Json:
        request = self._contract.messages[method.request]
        if binding.body == "*":
            schema = self._schemas.object(request, variables) if variables else self._schemas.message(request.name)
            return {"required": True, "content": {"application/json": {"schema": schema}}}
        field, comment = self._find(request, binding.body)
        if not self._is_raw(request, binding.body):
            return _content(comment, {"application/json": {"schema": self._schemas.field(field)}})
        raw: Json = {"schema": {"type": "string", "format": "binary"}}
        if binding.body == "form":
            # By our convention a field of that name takes what a page's form sends; what it says does not matter.
            return _content(comment, {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}})
        if binding.body == "file":
            # By our convention (kit/rpc/httpbody.py) a form has the file in the part of the field's name.
            part = {"type": "object", "properties": {"file": raw["schema"]}, "required": ["file"]}
            content = {"multipart/form-data": {"schema": part}, "application/octet-stream": raw}
            return {"required": True} | _content(comment, content)
        return {"required": True} | _content(comment, {"application/octet-stream": raw})

    def _answer(self, method: Method, binding: Binding) -> Json:
        response = self._contract.messages[method.response]
        if binding.response_body or response.name == HTTP_BODY:
            text = self._find(response, binding.response_body)[1] if binding.response_body else response.comment
            return {"description": text or "Done.", "content": {"*/*": {"schema": {"type": "string"}}}}
        schema = self._schemas.message(response.name)
        text = response.comment or "Done."
        media: Json = {"schema": schema}
        if method.proto.server_streaming:
            text = (
                f"{text}\n\nA stream: one object a line (NDJSON), each sent when it happens. The schema is of one line."
            )
            media["x-stream"] = "ndjson"
        return {"description": text, "content": {"application/json": media}}

    def _is_raw(self, message: Message, name: str) -> bool:
        return self._find(message, name)[0].type_name == f".{HTTP_BODY}"

    def _find(self, message: Message, path: str) -> tuple[Field, str]:
        name, _, rest = path.partition(".")
        for field, comment in zip(message.proto.field, message.field_comments, strict=True):
            if field.name == name:
                return self._find(self._contract.messages[field.type_name[1:]], rest) if rest else (field, comment)
        raise ValueError(f"{message.name} has no field {name}")


def summary(comment: str) -> str:
    """The first sentence of a comment, without its full stop."""
    found = _SENTENCE.match(comment.replace("\n", " "))
    return (found[1] if found else comment).rstrip(".")


def _description(method: Method) -> str:
    said = method.policy
    facts = [f"Who may call: {_WHO[said.access]}."] if said.access in _WHO else []
    if said.fresh:
        facts.append("Needs a confirmation of the last 10 minutes.")
    if said.HasField("rate"):
        facts.append(f"At most {said.rate.calls} calls in {said.rate.period.ToTimedelta().total_seconds():g} s.")
    if said.request_id == policy.REQUEST_ID_REQUIRED:
        facts.append("Needs a request id.")
    return f"{method.comment}\n\n{' '.join(facts)}".strip()


def _security(said: policy.Policy) -> list[dict[str, list[str]]]:
    if said.access == policy.ACCESS_WEBHOOK:
        return []
    bearer: dict[str, list[str]] = {"bearer": []}
    return [{}, bearer] if said.access == policy.ACCESS_PUBLIC else [bearer]


def _content(text: str, content: Json) -> Json:
    return {"content": content} | ({"description": text} if text else {})


def _parameter(name: str, place: str, schema: Json, comment: str, *, required: bool) -> Json:
    schema.pop("description", None)
    described = {"description": comment} if comment else {}
    return {"name": name, "in": place, "required": required, **described, "schema": schema}
