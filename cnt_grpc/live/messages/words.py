"""The words of the live room as the contract's values, both ways."""

from typing import Final

from cnt_grpc.live.standing import Action, Audience, Entry, Role, Status
from cnt_grpc.pb.cnt.live.v1 import stream_chat_service_pb2 as chat_pb2
from cnt_grpc.pb.cnt.live.v1 import stream_pb2 as pb2

STATUSES: Final = {word.value: pb2.StreamStatus.Value(f"STREAM_STATUS_{word.name}") for word in Status}
AUDIENCES: Final = {word.value: pb2.Audience.Value(f"AUDIENCE_{word.name}") for word in Audience}
ROLES: Final = {word.value: pb2.ParticipantRole.Value(f"PARTICIPANT_ROLE_{word.name}") for word in Role}
ENTRIES: Final = {word.value: chat_pb2.StreamMessageKind.Value(f"STREAM_MESSAGE_KIND_{word.name}") for word in Entry}
ACTIONS: Final = {word.value: chat_pb2.ModerationAction.Value(f"MODERATION_ACTION_{word.name}") for word in Action}

_CATEGORY = "STREAM_CATEGORY_"
CATEGORIES: Final = {name.removeprefix(_CATEGORY).lower(): value for name, value in pb2.StreamCategory.items() if value}
"""What rows call each category."""

STATUS_ASKED: Final = {value: Status(word) for word, value in STATUSES.items()}
AUDIENCE_ASKED: Final = {value: Audience(word) for word, value in AUDIENCES.items()}
ROLE_ASKED: Final = {value: Role(word) for word, value in ROLES.items()}
CATEGORY_ASKED: Final = {value: word for word, value in CATEGORIES.items()}
"""What a request means by a value; what is missing means nothing in particular."""
