"""A stream's log, and the people on its stage, as messages."""

from cnt_grpc import media
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.events.tail import Beat, Cause, End
from cnt_grpc.kit.events.tail import Row as LogRow
from cnt_grpc.kit.times import set_time
from cnt_grpc.live.identities import person_behind
from cnt_grpc.live.log import State
from cnt_grpc.live.messages.words import ACTIONS, ENTRIES, ROLES, STATUSES
from cnt_grpc.live.rules.stage import Participant
from cnt_grpc.live.standing import Entry
from cnt_grpc.pb.cnt.live.v1 import stage_service_pb2
from cnt_grpc.pb.cnt.live.v1 import stream_chat_service_pb2 as pb2

_CAUSES = {
    Cause.SERVER_STOPPING: pb2.STREAM_WATCH_END_CAUSE_SERVER_STOPPING,
    Cause.TIME_UP: pb2.STREAM_WATCH_END_CAUSE_TIME_UP,
}


def message(row: Row | LogRow, urls: media.Urls) -> pb2.StreamMessage:
    """One entry of a log."""
    shown = pb2.StreamMessage(
        message_id=row["id"],
        seq=row["seq"],
        kind=ENTRIES[row["kind"]],
        user_id=row["user_id"] or 0,
        user_name=row["user_name"] or "",
        user_username=row["user_username"] or "",
        user_avatar_url=urls.of(row["user_avatar_key"], "public"),
        text=row["text"],
        is_removed=row["removed"],
    )
    set_time(shown.created_at, row["created_at"])
    data = row["data"]
    match Entry(row["kind"]):
        case Entry.CHAT:
            pass
        case Entry.STATUS:
            shown.status = STATUSES[data["status"]]
        case Entry.REMOVAL:
            shown.removed_seq = data["seq"]
        case Entry.MODERATION:
            shown.action = ACTIONS[data["action"]]
        case Entry.GIFT:
            shown.gift_name, shown.gift_coins = data["name"], data["coins"]
    return shown


def event(what: LogRow | Beat[State] | End, urls: media.Urls) -> pb2.WatchStreamResponse:
    """One event of a watch."""
    match what:
        case Beat(state, last_seq):
            heartbeat = pb2.StreamHeartbeat(
                status=STATUSES[state.status],
                viewers=state.viewers,
                peak_viewers=state.peak_viewers,
                last_seq=last_seq,
            )
            return pb2.WatchStreamResponse(heartbeat=heartbeat)
        case End(cause, last_seq):
            return pb2.WatchStreamResponse(end=pb2.StreamWatchEnd(cause=_CAUSES[cause], last_seq=last_seq))
        case row:
            return pb2.WatchStreamResponse(message=message(row, urls))


def participant(one: Participant) -> stage_service_pb2.Participant:
    """Somebody in a room, or before its door."""
    shown = stage_service_pb2.Participant(
        identity=one.identity,
        user_id=one.user_id,
        name=one.name,
        role=ROLES[one.role],
        is_waiting=one.is_waiting,
        is_publishing=one.is_publishing,
    )
    set_time(shown.joined_at, one.since)
    return shown


def ban(row: Row) -> stage_service_pb2.StreamBan:
    """Somebody who may not come in."""
    shown = stage_service_pb2.StreamBan(
        identity=row["identity"], user_id=person_behind(row["identity"]), name=row["name"]
    )
    set_time(shown.created_at, row["created_at"])
    return shown
