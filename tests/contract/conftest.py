"""What the laws have of their own: each of their calls comes from another address."""

import pytest

from tests.harness.api import Api


@pytest.fixture
def api(client: Api) -> Api:
    """A client without an address: `calls.rpc` gives each call one, because a law may make more than one may make."""
    return client
