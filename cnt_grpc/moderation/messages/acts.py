"""The audit as messages; pure."""

from collections.abc import Iterable
from typing import Final

from cnt_grpc.kit.db import Row
from cnt_grpc.kit.times import set_time
from cnt_grpc.pb.cnt.moderation.v1 import audit_pb2

_AS_THEY_ARE: Final = ("actor_id", "actor_name", "action", "target_id", "before", "after", "reason")


def acts(rows: Iterable[Row], next_page_token: str) -> audit_pb2.ListAuditResponse:
    """A page of acts."""
    answer = audit_pb2.ListAuditResponse(next_page_token=next_page_token)
    for row in rows:
        given = {name: row[name] for name in _AS_THEY_ARE}
        entry = answer.entries.add(entry_id=row["id"], target_type=row["target_kind"], **given)
        set_time(entry.at, row["at"])
    return answer
