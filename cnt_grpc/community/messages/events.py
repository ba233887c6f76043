"""Events and attendees: requests as what the rules take, and rows as messages."""

from collections.abc import Iterable
from typing import Final, TypeVar

from cnt_grpc import media
from cnt_grpc.community.rules.event_lists import Filter
from cnt_grpc.community.rules.events import Changes
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.times import moment_of, set_time
from cnt_grpc.moderation import Status
from cnt_grpc.pb.cnt.community.v1 import event_pb2, event_service_pb2
from cnt_grpc.pb.cnt.moderation.v1 import status_pb2

_CATEGORIES: Final = (
    "worship",
    "prayer",
    "bible_study",
    "conference",
    "concert",
    "youth",
    "outreach",
    "fellowship",
    "other",
)
_CATEGORY: Final = {word: event_pb2.EventCategory.Value(f"EVENT_CATEGORY_{word.upper()}") for word in _CATEGORIES}
_CATEGORY_ASKED: Final = {number: word for word, number in _CATEGORY.items()}
_ANSWERS: Final = ("going", "maybe", "not_going")
_ANSWER: Final = {word: event_pb2.EventAnswer.Value(f"EVENT_ANSWER_{word.upper()}") for word in _ANSWERS}
_STATUSES: Final = ("pending", "approved", "rejected")
_ATTENDS: Final = {word: event_pb2.AttendeeStatus.Value(f"ATTENDEE_STATUS_{word.upper()}") for word in _STATUSES}
_REVIEW: Final = {status.value: status_pb2.ReviewStatus.Value(f"REVIEW_STATUS_{status.name}") for status in Status}

ANSWER_ASKED: Final = {number: word for word, number in _ANSWER.items()}
STATUS_ASKED: Final = {number: word for word, number in _ATTENDS.items()}

_Page = TypeVar(
    "_Page",
    event_service_pb2.ListEventsResponse,
    event_service_pb2.ListHostedEventsResponse,
    event_service_pb2.ListAttendingEventsResponse,
)


def new_event(request: event_service_pb2.CreateEventRequest) -> Changes:
    """An event to be: everything is set."""
    return Changes(
        title=request.title,
        description=request.description,
        category=_CATEGORY_ASKED.get(request.category, "other"),
        starts_at=moment_of(request.starts_at, "starts_at"),
        ends_at=moment_of(request.ends_at, "ends_at"),
        location=request.location,
        latitude=request.latitude if request.HasField("latitude") else None,
        longitude=request.longitude if request.HasField("longitude") else None,
        max_attendees=request.max_attendees,
        requires_approval=request.requires_approval,
        cover_media_id=request.cover_media_id,
    )


def event_changes(request: event_service_pb2.UpdateEventRequest) -> Changes:
    """What to change of an event: only what the request names."""
    return Changes(
        title=request.title if request.HasField("title") else None,
        description=request.description if request.HasField("description") else None,
        category=_CATEGORY_ASKED[request.category] if request.HasField("category") else None,
        starts_at=moment_of(request.starts_at, "starts_at") if request.HasField("starts_at") else None,
        ends_at=moment_of(request.ends_at, "ends_at") if request.HasField("ends_at") else None,
        location=request.location if request.HasField("location") else None,
        latitude=request.latitude if request.HasField("latitude") else None,
        longitude=request.longitude if request.HasField("longitude") else None,
        clear_coordinates=request.clear_coordinates,
        max_attendees=request.max_attendees if request.HasField("max_attendees") else None,
        requires_approval=request.requires_approval if request.HasField("requires_approval") else None,
        cover_media_id=request.cover_media_id if request.HasField("cover_media_id") else None,
    )


def event_filter(request: event_service_pb2.ListEventsRequest) -> Filter:
    """Which events a list shows."""
    return Filter(
        upcoming=request.upcoming_only,
        past=request.past_only,
        category=_CATEGORY_ASKED.get(request.category),
        latitude=request.latitude if request.HasField("latitude") else None,
        longitude=request.longitude if request.HasField("longitude") else None,
        radius_km=request.radius_km,
    )


def event(row: Row, urls: media.Urls) -> event_pb2.Event:
    """One event."""
    message = event_pb2.Event()
    _fill(message, row, urls)
    return message


def page(answer: _Page, rows: Iterable[Row], next_page_token: str, urls: media.Urls) -> _Page:
    """A page of events, in a reply of its method."""
    for row in rows:
        _fill(answer.events.add(), row, urls)
    answer.next_page_token = next_page_token
    return answer


def attendee(row: Row, urls: media.Urls) -> event_pb2.Attendee:
    """Someone who has answered."""
    message = event_pb2.Attendee(
        user_id=row["user_id"],
        name=row["name"],
        username=row["username"],
        avatar_url=urls.of(row["avatar_key"], "public"),
        answer=_ANSWER[row["answer"]],
        status=_ATTENDS[row["status"]],
    )
    set_time(message.answered_at, row["answered_at"])
    return message


def _fill(message: event_pb2.Event, row: Row, urls: media.Urls) -> None:
    approved = row["status"] == "approved"
    message.event_id = row["id"]
    message.title = row["title"]
    message.description = row["description"]
    message.category = _CATEGORY[row["category"]]
    message.host_id = row["host_id"]
    message.host_name = row["host_name"]
    message.host_username = row["host_username"]
    message.host_avatar_url = urls.of(row["host_avatar_key"], "public")
    set_time(message.starts_at, row["starts_at"])
    set_time(message.ends_at, row["ends_at"])
    message.location = row["location"]
    if row["latitude"] is not None:
        message.latitude = row["latitude"]
        message.longitude = row["longitude"]
    message.max_attendees = row["max_attendees"]
    message.attendees_count = row["attendees_count"]
    message.requires_approval = row["requires_approval"]
    message.cover_url = urls.of(row["cover_key"], "public" if approved else "private")
    message.is_approved = approved
    message.status = _REVIEW[row["status"]]
    message.rejection_reason = row["rejection_reason"]
    if row["my_answer"]:
        message.my_answer = _ANSWER[row["my_answer"]]
        message.my_status = _ATTENDS[row["my_status"]]
    set_time(message.created_at, row["created_at"])
