"""All methods that the server serves, with their examples: what the laws run over."""

import importlib
from pathlib import Path

from cnt_grpc import app
from cnt_grpc.kit.policy import Method, methods_of
from tests.harness.examples import Example

METHODS: list[Method] = [method for service in app.SERVICES for method in methods_of(service)]
BY_NAME: dict[str, Method] = {method.full_name: method for method in METHODS}


def _examples() -> dict[str, Example]:
    found: dict[str, Example] = {}
    for file in sorted(Path(__file__).parents[1].glob("*/examples.py")):
        if file.parent.name == "harness":
            continue
        found |= importlib.import_module(f"tests.{file.parent.name}.examples").EXAMPLES
    return found


EXAMPLES = _examples()
