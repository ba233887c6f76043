"""`cnt-grpc routes`: every RPC with who may call it, what else its policy says, and its HTTP paths."""

from cnt_grpc import app
from cnt_grpc.kit.rpc.policy import Method
from cnt_grpc.pb.cnt.common.v1 import policy_pb2 as pb

HEAD = ("method", "access", "policy", "http")


def table() -> str:
    """A line for each RPC and, below it, one for each further HTTP path."""
    rows = [HEAD, *(row for method in app.routes() for row in _rows(method))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    )


def _rows(method: Method) -> list[tuple[str, ...]]:
    first, *more = [" ".join(binding) for binding in method.http] or [""]
    access = pb.Access.Name(method.access).removeprefix("ACCESS_")
    return [(method.full_name, access, _policy(method), first), *(("", "", "", path) for path in more)]


def _policy(method: Method) -> str:
    request_id = pb.RequestId.Name(method.request_id).removeprefix("REQUEST_ID_").lower()
    words = [
        "fresh" * method.fresh,
        "stream" * method.streams,
        "reads" * method.only_reads,
        "no transaction" * (not method.holds_transaction and not method.streams and not method.only_reads),
        f"request_id {request_id}" * (request_id in {"optional", "required"}),
        f"rate {method.rate.calls}/{method.rate.period:g}s" if method.rate else "",
        f"cache {method.cache:g}s" if method.cache else "",
        f"deadline {method.deadline:g}s",
    ]
    return ", ".join(filter(None, words))
