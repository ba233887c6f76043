"""What tests of the auth room have of their own: the mail that they read."""

import pytest

from cnt_grpc.auth import jobs
from tests.auth.mailbox import Mailbox


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Sees each code on its way to the mail room, which knows it no longer once it is sent."""
    made = Mailbox()
    monkeypatch.setattr(jobs, "send_code", made.watch(jobs.send_code))
    return made
