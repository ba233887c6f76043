"""What the room shows people of themselves, and drops when they go."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from cnt_grpc import notification
from cnt_grpc.notification import HOLDER, rules
from cnt_grpc.notification.local_time import QuietHours
from cnt_grpc.notification.notice import Channel
from tests.notification.office import Office, as_caller

if TYPE_CHECKING:
    from tests.harness.world import Person

KINDS = ["notifications", "deliveries", "notification_preferences", "notification_settings", "devices"]


async def known(office: Office) -> Person:
    """Somebody of whom there is one of everything."""
    who = await office.person()
    async with office.db.transaction() as tx:
        await rules.choose(tx, as_caller(who), {("like", Channel.PUSH): True})
        quiet = QuietHours(time(1), time(2))
        await rules.choose_settings(tx, as_caller(who), quiet=quiet, sets_quiet=True, rhythm=None)
    await office.device(who)
    async with office.db.transaction() as tx:
        await rules.choose(tx, as_caller(who), {("content_approved", Channel.MAIL): False})
    await office.tell(who)
    return who


async def exported(office: Office, who: Person) -> list[tuple[str, dict[str, object]]]:
    async with office.db.snapshot() as tx:
        return [(kind, dict(record)) async for kind, record in HOLDER.export(tx, who.id)]


async def test_everything_is_shown_but_what_reaches_the_device(office: Office) -> None:
    ann = await known(office)
    records = await exported(office, ann)
    assert list(dict.fromkeys(kind for kind, _ in records)) == KINDS
    assert not any("token" in name for _, record in records for name in record)


async def test_everything_goes_and_only_theirs(office: Office) -> None:
    ann, bob = await known(office), await known(office)
    for _ in range(2):
        async with office.db.transaction() as tx:
            await HOLDER.erase(tx, ann.id)
    assert await exported(office, ann) == []
    assert list(dict.fromkeys(kind for kind, _ in await exported(office, bob))) == KINDS


async def test_what_others_were_told_names_nobody_any_more(office: Office) -> None:
    ann, cy = await office.person(), await office.person()
    await office.device(ann)
    await office.tell(ann, notice=notification.Follow(user_id=cy.id, name=cy.name))
    comment = notification.Comment(user_id=cy.id, name=cy.name, post_id=1, comment_id=2, excerpt="I live in Rome")
    await office.tell(ann, notice=comment)
    item = notification.NewItem(
        user_id=cy.id, content_type="music", content_id=3, content_title="Psalm 23", artist_id=4, artist_name=cy.name
    )
    await office.tell(ann, notice=item)
    await office.settled(ann, "sent", "sent", "sent")
    async with office.db.transaction() as tx:
        await HOLDER.erase(tx, cy.id)
    records = await exported(office, ann)
    assert not any(cy.name in str(record) or "Rome" in str(record) for _, record in records)
    titles = [record["title"] for kind, record in records if kind == "notifications"]
    assert titles == [
        "Deleted person follows you",
        "Deleted person commented on your post",
        "Deleted person published “Psalm 23”",
    ]
