"""Acts of administrators over money and offers, as the audit takes them."""

from collections.abc import Mapping

from cnt_grpc import moderation
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.rpc.call import Caller


def write_down(
    tx: Tx,
    caller: Caller,
    action: str,
    kind: str,
    target_id: int,
    *,
    before: Mapping[str, object],
    after: Mapping[str, object],
    reason: str = "",
) -> None:
    """Write an act down when the transaction commits; values that are no plain JSON become text."""
    moderation.record(
        tx,
        moderation.Act(
            actor_id=caller.user_id,
            action=action,
            target_kind=kind,
            target_id=target_id,
            before=_plain(before),
            after=_plain(after),
            reason=reason,
        ),
    )


def _plain(facts: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value if value is None or isinstance(value, (bool, int, str)) else str(value)
        for name, value in facts.items()
        if name != "id"
    }
