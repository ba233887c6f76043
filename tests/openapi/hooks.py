"""What the fuzzer needs to know of us: who calls each operation, and that a refusal's reason must be documented.

schemathesis loads this module by the variable SCHEMATHESIS_HOOKS, in a process of its own.
"""

import json
import os
from pathlib import Path
from typing import Any

import schemathesis

DOCUMENT: dict[str, Any] = json.loads(Path(os.environ["CNT_OPENAPI"]).read_text(encoding="utf-8"))
TOKENS: dict[str, str] = json.loads(Path(os.environ["CNT_OPENAPI_TOKENS"]).read_text(encoding="utf-8"))
"""By operationId: a person for each, for some operations end the session or the account."""


@schemathesis.auth()
class SignedIn:
    """Gives each operation its own person's token."""

    def get(self, case: Any, context: Any) -> str:
        return TOKENS[context.operation.definition.raw["operationId"]]

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.check
def documented_reason(context: Any, response: Any, case: Any) -> None:
    """A refusal is a google.rpc.Status with exactly one reason, which the document names for that status."""
    is_wrong_verb = response.request.method != case.operation.method.upper()
    answer = case.operation.definition.raw["responses"].get(str(response.status_code))
    # Among the fuzzer's systematic cases are other verbs. A status without an answer is status_code_conformance's.
    if response.status_code < 400 or is_wrong_verb or answer is None:
        return
    if "$ref" in answer:
        answer = DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    details = response.json()["details"]
    reasons = [each["reason"] for each in details if each["@type"].endswith("/google.rpc.ErrorInfo")]
    assert len(reasons) == 1, f"not one reason: {reasons}"
    assert reasons[0] in answer["x-reasons"], f"{reasons[0]} is not documented for {response.status_code}"
