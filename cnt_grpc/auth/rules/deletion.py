"""Deleting an account: hidden at once, taken back by signing in, and after 30 days erased in every room."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cnt_grpc.auth import jobs
from cnt_grpc.auth.avatars import Avatars
from cnt_grpc.auth.personal_data import Holder
from cnt_grpc.auth.queries import exports as export_queries
from cnt_grpc.auth.queries import roles
from cnt_grpc.auth.queries import standing as queries
from cnt_grpc.auth.queries.sessions import end_session
from cnt_grpc.auth.rules import sessions
from cnt_grpc.auth.rules.roles import Role
from cnt_grpc.auth.rules.sessions import GRACE, Device, EndReason, SecurityEvent
from cnt_grpc.auth.vault import Vault
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.auth.v1.reason import Reason

TIME_TO_REGRET = timedelta(days=30)


async def request(tx: Tx, caller: Caller, device: Device) -> datetime:
    """Hide the account and end its sessions; until when signing in takes that back.

    Raises Precondition for the last administrator.
    """
    if await roles.locked_people(tx, Role.ADMIN) == [caller.user_id]:
        raise Precondition(Reason.LAST_ADMIN)
    now = clock.now()
    until = now + TIME_TO_REGRET
    await queries.set_delete_after(tx, caller.user_id, until)
    await sessions.end_others(tx, caller.user_id, caller.session_id, EndReason.DELETED)
    # The session that asks may ask once more: the reply may be lost.
    await end_session(tx, caller.session_id, EndReason.DELETED, now + GRACE)
    await sessions.tell(tx, caller.user_id, SecurityEvent.DELETION_REQUESTED, device)
    return until


async def start_due(tx: Tx) -> int:
    """Have everyone erased whose time is over, guests who can come back no more among them; how many that are."""
    now = clock.now()
    await queries.let_guests_go(tx, now)
    due = await queries.due_for_erasure(tx, now)
    for user_id in due:
        await jobs.erase_person(tx, user_id)
    return len(due)


async def erase(tx: Tx, holders: Sequence[Holder], avatars: Avatars, vault: Vault, user_id: int) -> bool:
    """Erase a person from every room, in one transaction; False when they came back in time or are gone already."""
    if not await queries.lock_for_erasure(tx, user_id, clock.now()):
        return False
    export = await export_queries.find_export(tx, user_id)
    if export is not None and export["file"] is not None:
        await vault.drop(tx, export["file"])
    await avatars.let_go(tx, user_id)
    for holder in reversed(holders):
        await holder.erase(tx, user_id)
    return True
