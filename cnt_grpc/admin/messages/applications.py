"""Applications of those who want to be creators."""

from typing import Final

from cnt_grpc.admin.rules.applications import Shown
from cnt_grpc.kit.times import set_time
from cnt_grpc.media import Urls
from cnt_grpc.pb.cnt.admin.v1 import creator_application_pb2 as pb2

STATUSES: Final = {
    "pending": pb2.APPLICATION_STATUS_PENDING,
    "approved": pb2.APPLICATION_STATUS_APPROVED,
    "rejected": pb2.APPLICATION_STATUS_REJECTED,
}
STATUS_OF: Final = {number: word for word, number in STATUSES.items()}


def application(shown: Shown, urls: Urls) -> pb2.CreatorApplication:
    """An application; its papers by addresses that end soon."""
    row = shown.row
    message = pb2.CreatorApplication(
        application_id=row["id"],
        user_id=row["user_id"],
        user_name=row["user_name"],
        username=row["username"],
        stage_name=row["stage_name"],
        about=row["about"],
        links=row["links"],
        status=STATUSES[row["status"]],
        reason=row["reason"],
        papers=[
            pb2.IdentityPaper(media_id=each["id"], url=urls.private(each["key"]), content_type=each["content_type"])
            for each in shown.papers
        ],
    )
    set_time(message.created_at, row["created_at"])
    if row["decided_at"] is not None:
        set_time(message.decided_at, row["decided_at"])
    return message
