"""What hosts decided holds for old tokens too: LiveKit renews them for whoever is inside, so rooms are looked through.

Whoever was banned, put out, or sent back to wait is put out again, and so is whom the platform has banned or who is in
a block with the host; whose role has changed speaks or listens by it.
"""

from collections.abc import Sequence

from cnt_grpc.kit.db import Database, Row
from cnt_grpc.live.identities import identity_of, person_behind
from cnt_grpc.live.queries import people
from cnt_grpc.live.rooms import Present, Rooms
from cnt_grpc.live.standing import Kind, Role


async def held(db: Database, rooms: Rooms, stream: Row, present: Sequence[Present]) -> list[Present]:
    """Who of those in the room may be there; the others are put out. Raises Unavailable."""
    identities = [one.identity for one in present]
    async with db.reading() as tx:
        banned = await tx.all(people.banned_of(), stream_id=stream["id"], identities=identities)
        known = await tx.all(people.known_of(), stream_id=stream["id"], identities=identities)
        persons = [person for person in map(person_behind, identities) if person]
        unwelcome = await tx.all(people.unwelcome(), user_ids=persons, host_id=stream["host_id"])
    out = {row["identity"] for row in banned} | {row["identity"] for row in known if row["state"] in _OUTSIDE}
    out |= {identity_of(row["id"]) for row in unwelcome}
    roles = {row["identity"]: Role(row["role"]) for row in known}
    inside = [one for one in present if one.identity not in out]
    for one in present:
        if one.identity in out:
            await rooms.remove(stream["room_name"], one.identity)
    for one in inside:
        role = role_in(stream, one, roles)
        if one.is_person and one.may_publish != (role is not Role.VIEWER):
            shares_screen = role is Role.HOST or stream["shared_screens"]
            await rooms.permit(stream["room_name"], one.identity, role, shares_screen=shares_screen)
    return inside


def role_in(stream: Row, one: Present, roles: dict[str, Role]) -> Role:
    """What somebody in the room is there, by what the host has given them."""
    if one.identity == identity_of(stream["host_id"]):
        return Role.HOST
    # Who has no account listens, wherever they are.
    return roles.get(one.identity, usual_role(stream) if person_behind(one.identity) else Role.VIEWER)


def usual_role(stream: Row) -> Role:
    """What whoever comes in is, unless the host says otherwise."""
    return Role.SPEAKER if stream["kind"] == Kind.MEETING else Role.VIEWER


_OUTSIDE = frozenset({"removed", "waiting"})
