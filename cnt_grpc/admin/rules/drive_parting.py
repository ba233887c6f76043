"""How a Google Drive is let go: its tokens dropped at once, what comes from it called off, the consent given back."""

from cnt_grpc import moderation
from cnt_grpc.admin.drive import Drive
from cnt_grpc.admin.drive_revoking import enqueue_revoke
from cnt_grpc.admin.drive_seals import open_tokens
from cnt_grpc.admin.queries import drive as queries
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.errors import Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.admin.v1.reason import Reason


async def disconnect(tx: Tx, caller: Caller) -> None:
    """Let go of the caller's Drive; raises Precondition when there is none."""
    if not await part(tx, caller.user_id):
        raise Precondition(Reason.DRIVE_NOT_CONNECTED)
    for row in await tx.all(queries.call_off_all(), user_id=caller.user_id, now=clock.now()):
        if row["job_id"] is not None:
            await jobs.cancel(tx, row["job_id"])
    moderation.record(tx, moderation.Act(caller.user_id, "disconnect", "drive_account", caller.user_id, {}, {}))


async def part(tx: Tx, user_id: int) -> bool:
    """Drop somebody's tokens, and have the consent given back once this is committed; False when there are none."""
    row = await tx.one(queries.disconnect(), user_id=user_id)
    if row is None:
        return False
    tokens = open_tokens(row["sealed"], user_id)
    if tokens is not None:
        await enqueue_revoke(tx, tokens.refresh, row["email"])
    return True


async def revoke(db: Database, drive: Drive, refresh_token: str, email: str) -> None:
    """Give a consent back; raises Unavailable.

    Google ends with it whatever the same account has given us, so it stays while any administrator reads that account:
    one who has connected it anew meanwhile, or a second one.
    """
    async with db.reading() as tx:
        is_read = await tx.value(queries.anyone_with(), email=email)
    if not is_read:
        await drive.revoke(refresh_token)
