"""Where people meet in the payment room: the row is money and stays, the other one and their words go."""

from cnt_grpc.pb.cnt.payment.v1 import payment_service, wallet_service
from tests.harness.examples import Fields
from tests.harness.meetings import Meeting, Meetings
from tests.harness.world import Person, World
from tests.payment import makers
from tests.payment.examples import gifts_between


async def gift_to(world: World, recipient: Person, viewer: Person) -> Fields:
    """A gift of the viewer's to somebody."""
    await gifts_between(world, viewer.id, recipient.id, 1)
    return {}


async def gift_from(world: World, sender: Person, viewer: Person) -> Fields:
    """A gift of somebody's to the viewer, with their words."""
    await gifts_between(world, sender.id, viewer.id, 1)
    async with world.db.transaction() as tx:
        await tx.raw("UPDATE gift_transactions SET message = $2 WHERE sender_id = $1", sender.id, f"by {sender.name}")
    return {}


async def donation_to(world: World, recipient: Person, viewer: Person) -> Fields:
    """A donation of the viewer's to somebody."""
    await makers.many_donations(world, viewer.id, recipient.id, 1)
    return {}


async def donation_from(world: World, giver: Person, viewer: Person) -> Fields:
    """A donation of somebody's to the viewer, with their words."""
    await makers.many_donations(world, giver.id, viewer.id, 1)
    async with world.db.transaction() as tx:
        await tx.raw("UPDATE donations SET message = $2 WHERE giver_id = $1", giver.id, f"by {giver.name}")
    return {}


async def one_donation_from(world: World, giver: Person, viewer: Person) -> Fields:
    """The same, by its id."""
    await donation_from(world, giver, viewer)
    async with world.db.transaction() as tx:
        [row] = await tx.raw("SELECT id FROM donations WHERE giver_id = $1", giver.id)
    return {"donation_id": row["id"]}


async def recurring_donation_to(world: World, recipient: Person, viewer: Person) -> Fields:
    """What the viewer gives somebody every week."""
    await makers.recurring_donation(world, viewer.id, recipient.id, has_page=False)
    return {}


MEETINGS: Meetings = {
    f"{wallet_service.SERVICE}/ListGiftsSent": Meeting(gift_to),
    f"{wallet_service.SERVICE}/ListGiftsReceived": Meeting(gift_from),
    f"{payment_service.SERVICE}/ListSentDonations": Meeting(donation_to),
    f"{payment_service.SERVICE}/ListReceivedDonations": Meeting(donation_from),
    f"{payment_service.SERVICE}/GetDonation": Meeting(one_donation_from),
    f"{payment_service.SERVICE}/ListRecurringDonations": Meeting(recurring_donation_to),
}
