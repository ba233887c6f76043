"""How each method may refuse: HTTP statuses, and the reasons that stand in google.rpc.ErrorInfo."""

import re

from cnt_grpc.edge.errors import EDGE_ERRORS
from cnt_grpc.pb.cnt.common.v1 import policy_pb2 as policy
from tools.openapi.contract import Contract, Json, Method

HTTP_OF = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ABORTED": 409,
    "ALREADY_EXISTS": 409,
    "RESOURCE_EXHAUSTED": 429,
    "INTERNAL": 500,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
"""What Envoy makes of gRPC's statuses; google/rpc/code.proto says the same."""

MEANING = {
    400: "The request is malformed, breaks a limit, or cannot be done now.",
    401: "Not signed in, or the proof that was given does not hold.",
    403: "Not allowed.",
    404: "There is no such thing for this caller.",
    408: "The body did not arrive in time.",
    409: "Something else stands in the way.",
    413: "The body is too large.",
    429: "Too much or too often.",
    431: "The headers are too large.",
    500: "A defect of ours; the request id finds it in the log.",
    501: "No such method.",
    502: "The server broke off.",
    503: "Somebody who is needed is away; try again.",
    504: "The call took longer than it may.",
}

_ALWAYS = (
    *("INVALID", "MALFORMED", "TOO_MANY_CALLS", "DEADLINE", "INTERNAL"),
    *("DATABASE_UNAVAILABLE", "PARTY_UNAVAILABLE", "STOPPING"),
)
_OF_BODIES = {408, 413}
_OF_PATHS = {404}
_NEVER_JSON = {426}

_WORD = re.compile(r"\b[A-Z]+(?:_[A-Z]+)*\b")

Refusals = dict[int, list[str]]
"""HTTP status → reasons."""


class Errors:
    """Knows the reasons of a contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._reasons = contract.reasons()
        usual: dict[int, set[str]] = {}
        for error in EDGE_ERRORS:
            if error.http not in _NEVER_JSON:
                usual.setdefault(error.http, set()).add(error.reason)
        for reason in _ALWAYS:
            for status in self.statuses(reason):
                usual.setdefault(status, set()).add(reason)
        self._usual = {status: sorted(usual[status]) for status in sorted(usual)}

    def of(self, method: Method, *, has_body: bool, has_path: bool) -> Refusals:
        """Everything that a call of the method may be refused with."""
        skipped = (set() if has_body else _OF_BODIES) | (set() if has_path else _OF_PATHS)
        found = {status: dict.fromkeys(reasons) for status, reasons in self._usual.items() if status not in skipped}
        for reason in (*_by_policy(self._contract, method), *self._contract.named_by(method)):
            for status in self.statuses(reason):
                found.setdefault(status, {})[reason] = None
        return {status: sorted(found[status]) for status in sorted(found)}

    def statuses(self, reason: str) -> list[int]:
        """The HTTP statuses that a reason comes with, as its comment names them."""
        words = _WORD.findall(self._reasons[reason])
        return sorted({HTTP_OF[word] for word in words if word in HTTP_OF})

    def response(self, status: int, reasons: list[str]) -> Json:
        """One answer with its reasons; what is the same everywhere refers to a component."""
        if reasons == self._usual.get(status):
            return {"$ref": f"#/components/responses/{status}"}
        return _response(status, reasons)

    def components(self) -> dict[str, Json]:
        """The answers that any method may give."""
        return {str(status): _response(status, reasons) for status, reasons in self._usual.items()}

    def explained(self) -> dict[str, str]:
        """Every reason, and what it means."""
        return dict(sorted(self._reasons.items()))


def _by_policy(contract: Contract, method: Method) -> list[str]:
    said = method.policy
    found = []
    if said.access != policy.ACCESS_WEBHOOK and not said.ignore_bad_token:
        found.append("NOT_SIGNED_IN")
    if said.access not in {policy.ACCESS_PUBLIC, policy.ACCESS_GUEST, policy.ACCESS_WEBHOOK}:
        found.append("ROLE_MISSING")
    if said.fresh:
        found.append("CONFIRMATION_NEEDED")
    if said.request_id:
        found += ["REQUEST_ID_REUSED", "REQUEST_IN_PROGRESS"]
    if not method.proto.options.idempotency_level:
        found.append("CONTENTION")
    fields = {field.name for field in contract.messages[method.request].proto.field}
    if "page_token" in fields:
        found.append("PAGE_TOKEN_INVALID")
    return found


def _response(status: int, reasons: list[str]) -> Json:
    names = ", ".join(f"`{reason}`" for reason in reasons)
    return {
        "description": f"{MEANING.get(status, 'Refused.')} Reasons: {names}.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/google.rpc.Status"}}},
        "x-reasons": reasons,
    }


def status_schema() -> Json:
    """google.rpc.Status as every error of ours is written."""
    violation = {"field": {"type": "string"}, "description": {"type": "string"}, "reason": {"type": "string"}}
    details = {
        "@type": {"type": "string", "description": "`type.googleapis.com/google.rpc.` and the name of the detail."},
        "reason": {"type": "string", "description": "ErrorInfo: why, for programs."},
        "domain": {"type": "string", "description": "ErrorInfo: whose reason it is; `cnt`."},
        "metadata": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "ErrorInfo: what the reason is about.",
        },
        "request_id": {"type": "string", "description": "RequestInfo: what finds this call in the log."},
        "serving_data": {"type": "string", "description": "RequestInfo: always empty."},
        "field_violations": {
            "type": "array",
            "items": {"type": "object", "properties": violation},
            "description": "BadRequest: every field at fault.",
        },
        "retry_delay": {"type": "string", "description": "RetryInfo: when to come back, such as `1.5s`."},
    }
    detail = {"type": "object", "properties": details, "required": ["@type"]}
    return {
        "type": "object",
        "description": "Why a call was refused. There is always a detail ErrorInfo.",
        "properties": {
            "code": {"type": "integer", "description": "The status of gRPC, such as 5 for NOT_FOUND."},
            "message": {"type": "string", "description": "For developers; programs read the reason."},
            "details": {"type": "array", "items": detail, "minItems": 1},
        },
        "required": ["code", "message", "details"],
    }
