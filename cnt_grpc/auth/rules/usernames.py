"""Usernames: which can be had, and how to take another one."""

from dataclasses import dataclass
from itertools import islice

from cnt_grpc.auth import jobs, names
from cnt_grpc.auth.queries import accounts as queries
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Invalid

SUGGESTIONS = 5

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether somebody can have a username."""

    is_available: bool
    message: str
    suggestions: tuple[str, ...] = ()


async def check(tx: Tx, typed: str) -> Answer:
    """Whether this username can be had now, why not, and what can instead."""
    try:
        username = names.clean_username(typed)
    except Invalid as refusal:
        words = f"A username {refusal.violations[0].description}."
        return Answer(is_available=False, message=words, suggestions=await free_ones(tx, typed, SUGGESTIONS))
    if await queries.taken_skeletons(tx, [names.skeleton(username)]):
        words = "This username, or one that looks like it, is taken."
        return Answer(is_available=False, message=words, suggestions=await free_ones(tx, username, SUGGESTIONS))
    return Answer(is_available=True, message="This username is available.")


async def free_ones(tx: Tx, name: str, number: int) -> tuple[str, ...]:
    """The best so many usernames for a name that nobody has or nearly has."""
    candidates = names.usernames_for(name)
    found: dict[str, str] = {}
    while len(found) < number:
        some = {names.skeleton(each): each for each in islice(candidates, _AT_ONCE)}
        taken = await queries.taken_skeletons(tx, list(some))
        found |= {skeleton: each for skeleton, each in some.items() if skeleton not in taken}
    return tuple(found.values())[:number]


async def change(tx: Tx, user_id: int, typed: str) -> Row:
    """Take another username; the whole profile after that. Raises Invalid, and Conflict when somebody has it."""
    username = names.clean_username(typed)
    values = {"username": username, "username_skeleton": names.skeleton(username), "updated_at": clock.now()}
    await jobs.index_person(tx, user_id)
    return await queries.update_profile(tx, user_id, values)
