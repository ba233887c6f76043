"""Questions to the team and their threads: rows as messages."""

from collections.abc import Iterable
from typing import Final

from cnt_grpc.community.rules.support import Stats, for_team
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.kit.times import set_time
from cnt_grpc.pb.cnt.community.v1 import support_service_pb2 as pb2

_STATUSES: Final = ("open", "in_progress", "resolved", "closed")
_STATUS: Final = {word: pb2.TicketStatus.Value(f"TICKET_STATUS_{word.upper()}") for word in _STATUSES}
STATUS_ASKED: Final = {number: word for word, number in _STATUS.items()}


def ticket(row: Row, caller: Caller) -> pb2.Ticket:
    """One question, with what the caller's side has not read."""
    message = pb2.Ticket(
        ticket_id=row["id"],
        subject=row["subject"],
        message=row["message"],
        status=_STATUS[row["status"]],
        admin_response=row["admin_response"],
        user_id=row["author_id"],
        user_name=row["author_name"],
        user_username=row["author_username"],
        replies_count=row["replies_count"],
        unread_count=row["unread_by_team" if for_team(caller, row) else "unread_by_author"],
    )
    set_time(message.created_at, row["created_at"])
    set_time(message.updated_at, row["updated_at"])
    return message


def tickets(rows: Iterable[Row], caller: Caller) -> list[pb2.Ticket]:
    """Several."""
    return [ticket(row, caller) for row in rows]


def reply(row: Row, caller: Caller) -> pb2.TicketReply:
    """A message of a thread; who speaks for the team is the team's own business."""
    message = pb2.TicketReply(reply_id=row["id"], message=row["message"], is_from_team=row["is_from_team"])
    if not row["is_from_team"] or caller.is_moderator:
        message.user_id = row["author_id"] or 0
        message.user_name = row["author_name"]
    set_time(message.created_at, row["created_at"])
    return message


def stats(found: Stats) -> pb2.GetSupportStatsResponse:
    """How much there is to do."""
    return pb2.GetSupportStatsResponse(
        **{word: found.by_status.get(word, 0) for word in _STATUSES},
        unread_by_team=found.unread_by_team,
        unread_by_users=found.unread_by_authors,
    )
