"""The whole document: its head, one path after the other, and the components that they refer to."""

import json

from tools.openapi.contract import Binding, Json, Method, read
from tools.openapi.errors import Errors, status_schema
from tools.openapi.operations import Operations, path_of
from tools.openapi.schemas import Schemas

_ABOUT = """\
The JSON face of a contract that is written in Protocol Buffers; gRPC and gRPC-Web speak it on the same port.

- Names are snake_case. Fields without a value are sent with their default; fields that are unknown are ignored.
- 64-bit integers are strings, enums are names, bytes are base64, times are RFC 3339.
- Lists take `page_size` and `page_token`, and give `next_page_token`, empty at the end.
- Changes take a `request_id` (a UUID): the same id and the same body are one change, however often they are sent.
- Every error is a `google.rpc.Status` whose detail ErrorInfo has a `reason` for programs.
"""


def document(image: bytes) -> Json:
    """The OpenAPI document of the contract in a descriptor image with source info."""
    contract = read(image)
    schemas = Schemas(contract)
    errors = Errors(contract)
    operations = Operations(contract, schemas, errors)
    paths: dict[str, Json] = {}
    for method, number, binding in _bindings(contract.methods):
        verbs = paths.setdefault(path_of(binding), {})
        if binding.verb in verbs:
            raise ValueError(f"{binding.verb} {binding.template} is bound twice")
        verbs[binding.verb] = operations.of(method, number, binding)
    schemas.components["google.rpc.Status"] = status_schema()
    services = {name.rpartition(".")[2]: comment for name, comment in contract.services.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "The JSON API", "version": "v1", "description": _ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": services[name]} for name in sorted(services)],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The access_token that signing in gives, for as long as it lives.",
                }
            },
            "responses": errors.components(),
            "schemas": dict(sorted(schemas.components.items())),
        },
        "x-reasons": errors.explained(),
    }


def text(made: Json) -> str:
    """The document as it is kept: readable in a diff, and the same on every machine."""
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _bindings(methods: list[Method]) -> list[tuple[Method, int, Binding]]:
    return [(method, i, binding) for method in methods for i, binding in enumerate(method.bindings)]
