"""All methods that the server serves, with their examples: what the laws run over."""

import importlib
from collections.abc import Iterable
from pathlib import Path

import pytest

from cnt_grpc import app
from cnt_grpc.kit.rpc.policy import Method
from tests.harness.examples import Example

METHODS: list[Method] = app.routes()
BY_NAME: dict[str, Method] = {method.full_name: method for method in METHODS}
UNARY = [method for method in METHODS if not method.streams]


def _examples() -> dict[str, Example]:
    found: dict[str, Example] = {}
    for file in sorted(Path(__file__).parents[1].glob("*/examples.py")):
        if file.parent.name != "harness":
            found |= importlib.import_module(f"tests.{file.parent.name}.examples").EXAMPLES
    return found


EXAMPLES = _examples()


def example_of(method: Method) -> Example:
    """The method's example; a method without one fails every law that needs it."""
    if method.full_name not in EXAMPLES:
        pytest.fail(f"{method.full_name} has no example: add it to tests/<room>/examples.py (see tests/harness)")
    return EXAMPLES[method.full_name]


def each(methods: Iterable[Method]) -> pytest.MarkDecorator:
    """Run a test once for each of these methods."""
    return pytest.mark.parametrize("method", list(methods), ids=lambda method: method.full_name)


each_method = each(METHODS)
