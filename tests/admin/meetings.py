"""Where people meet in the admin room."""

from cnt_grpc.pb.cnt.admin.v1.creator_application_service import SERVICE
from tests.harness.meetings import Meetings

MEETINGS: Meetings = {f"{SERVICE}/GetMyCreatorApplication": "shows oneself"}
