"""People who leave, and what is theirs alone."""

from tests.auth import makers
from tests.harness.world import Person, World


def phone_of(ann: Person) -> str:
    """A number that nobody else has."""
    return f"+46 70 {10**9 + ann.id}"


async def leaver(world: World) -> Person:
    """Somebody with a password, signed in twice."""
    ann = await world.user(fresh=True)
    async with world.db.transaction() as tx:
        await makers.set_columns(
            tx,
            ann.id,
            password_hash=makers.password_hash(),
            phone=phone_of(ann),
            bio=f"Canary of {ann.username}",
            google_id=f"canary-{ann.id}",
        )
        await makers.session(tx, ann.id)
    return ann
