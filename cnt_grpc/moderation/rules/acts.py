"""What administrators read of the audit."""

from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.paging import Page
from cnt_grpc.moderation.queries import audit as queries


async def listed(tx: Tx, actor_id: int, action: str, target: str, page: Page) -> tuple[list[Row], str]:
    """A page of acts, the last first. `target`: podcast:12 or podcast; 0 and "" narrow nothing."""
    kind, _, target_id = target.partition(":")
    given = {"actor_id": actor_id, "action": action, "target_kind": kind, "target_id": int(target_id or 0)}
    # 0 is no id, but a target that was asked for.
    wanted = {name: value for name, value in given.items() if value or (name == "target_id" and target_id)}
    stmt = queries.acts(
        page.limit,
        actor="actor_id" in wanted,
        action="action" in wanted,
        kind="target_kind" in wanted,
        target="target_id" in wanted,
        after=not page.is_first,
    )
    return page.cut(await tx.all(stmt, **wanted, **page.params), key=lambda row: (row["id"],))
