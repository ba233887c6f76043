"""The links in mails: they work signed out, end what they say, and cannot be made up."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from grpc import StatusCode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnt_grpc.notification import unsubscribing
from cnt_grpc.notification.notice import KINDS
from cnt_grpc.pb.cnt.notification.v1 import notification_pb2 as pb2

if TYPE_CHECKING:
    from tests.harness.api import Api
    from tests.harness.world import Person, World


def token_of(who: Person, kind: str) -> str:
    return unsubscribing.url("", who.id, kind).rpartition("/")[2]


async def mailed(api: Api, who: Person) -> set[int]:
    """The types that come by mail."""
    reply = await api.as_(who).notification.GetNotificationPreferences()
    return {each.type for each in reply.preferences if each.mail}


async def test_looking_changes_nothing_and_the_button_does(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    before = await mailed(api, ann)
    token = token_of(ann, "donation")
    shown = (await api.unsubscribe.ShowUnsubscribe(token=token)).page
    assert shown.content_type == "text/html; charset=utf-8"
    assert b'<form method="post">' in shown.data
    assert b"donation" in shown.data
    assert await mailed(api, ann) == before
    form = {"content_type": "application/x-www-form-urlencoded", "data": b"List-Unsubscribe=One-Click"}
    for _ in range(2):
        done = (await api.unsubscribe.Unsubscribe(token=token, form=form)).page
        assert b"no more" in done.data
        assert await mailed(api, ann) == before - {pb2.NOTIFICATION_TYPE_DONATION}
    assert await mailed(api, bob) == before


async def test_the_mail_of_a_day_ends_all_but_what_keeps_the_account_safe(world: World, api: Api) -> None:
    ann = await world.user()
    await api.unsubscribe.Unsubscribe(token=token_of(ann, unsubscribing.EVERYTHING))
    assert await mailed(api, ann) == {pb2.NOTIFICATION_TYPE_SECURITY_ALERT}


async def test_what_must_come_has_no_link() -> None:
    assert unsubscribing.url("", 1, "security_alert") == ""
    assert all(unsubscribing.url("", 1, kind) for kind in KINDS if kind != "security_alert")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(at=st.integers(0, 10_000), change=st.integers(1, 255))
async def test_a_link_that_was_altered_is_none(world: World, api: Api, at: int, change: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(token_of(await world.user(), "donation") + "=="))
    raw[at % len(raw)] ^= change
    for forged in (base64.urlsafe_b64encode(raw).decode().rstrip("="), base64.urlsafe_b64encode(raw[:-1]).decode()):
        await api.unsubscribe.Unsubscribe(token=forged).fails(StatusCode.INVALID_ARGUMENT, "UNSUBSCRIBE_LINK_INVALID")


async def test_what_is_no_link_at_all_is_none(api: Api) -> None:
    for token in ("x", "é", "AAAA", "....", "A" * 512):
        await api.unsubscribe.ShowUnsubscribe(token=token).fails(
            StatusCode.INVALID_ARGUMENT, "UNSUBSCRIBE_LINK_INVALID"
        )


async def test_a_link_outlives_its_account(world: World, api: Api) -> None:
    class Gone:
        id = 2**60

    await api.unsubscribe.Unsubscribe(token=token_of(Gone(), "donation"))  # type: ignore[arg-type]
