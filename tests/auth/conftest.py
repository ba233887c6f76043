"""What tests of the auth room have of their own: an address that nobody was seen at, and the mail that they read."""

import ipaddress
import secrets

import pytest

from cnt_grpc.auth import jobs
from tests.auth.mailbox import Mailbox
from tests.harness.api import Api


@pytest.fixture
def api(api: Api) -> Api:
    """A client in a network of its own: what other tests tried in vain does not slow it down."""
    return api.with_(x_forwarded_for=str(ipaddress.IPv4Address(0x0A000000 + secrets.randbelow(2**24))))


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Sees each code on its way to the mail room, which knows it no longer once it is sent."""
    made = Mailbox()
    monkeypatch.setattr(jobs, "send_code", made.watch(jobs.send_code))
    return made
