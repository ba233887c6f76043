"""What listeners leave behind, as messages."""

from cnt_grpc.kit.db import Row
from cnt_grpc.pb.cnt.content.v1 import listening_pb2


def position(row: Row) -> listening_pb2.GetPositionResponse:
    """Where somebody stopped."""
    answer = listening_pb2.GetPositionResponse(position=row["position"])
    if row["updated_at"] is not None:
        answer.updated_at.FromDatetime(row["updated_at"])
    return answer
