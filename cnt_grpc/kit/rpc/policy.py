"""The policy of each method, read from the contract when the server starts; what has none is not served."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from google.api import annotations_pb2, http_pb2
from google.protobuf import descriptor, descriptor_pb2, descriptor_pool, message, message_factory

from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Denied, Unauthenticated
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.common.v1 import policy_pb2 as pb
from cnt_grpc.pb.cnt.common.v1.reason import Reason

UNARY_DEADLINE = timedelta(seconds=15)
STREAM_DEADLINE = timedelta(hours=1)
LONGEST_CACHE = timedelta(seconds=1)
"""Above this, people would see that an answer is old."""


class PolicyError(Exception):
    """The contract leaves something open that the server must not guess."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls at once, and so many again in each period."""

    calls: int
    period: float
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the contract, with everything about it that does not change from call to call."""

    service: str
    name: str
    full_name: str
    """Such as `cnt.auth.v1.AuthService/Login`."""
    request: type[message.Message]
    response: type[message.Message]
    client_streaming: bool
    server_streaming: bool
    access: pb.Access.ValueType
    fresh: bool
    rate: Rate | None
    request_id: pb.RequestId.ValueType
    holds_transaction: bool
    only_reads: bool
    deadline: float
    """Seconds."""
    cache: float
    """Seconds; 0 is never."""
    ignores_bad_token: bool
    http: tuple[tuple[str, str], ...]
    """Verbs and paths, such as ("GET", "/api/v1/podcasts/{podcast_id}")."""

    @property
    def streams(self) -> bool:
        """Any side sends more than one message."""
        return self.client_streaming or self.server_streaming

    @property
    def needs_role(self) -> bool:
        """Being somebody is not enough."""
        return self.access in _OF_ROLES


def methods_of(service: str) -> list[Method]:
    """All methods of a service whose generated module is imported; raises PolicyError when one is not fit to serve."""
    found = descriptor_pool.Default().FindServiceByName(service)
    return [_method(each) for each in found.methods]


_OPEN = frozenset({pb.ACCESS_PUBLIC, pb.ACCESS_WEBHOOK})
"""Access that asks for nobody in particular."""

_OF_ROLES = frozenset({pb.ACCESS_CREATOR, pb.ACCESS_MODERATOR, pb.ACCESS_ADMIN})


def admit(method: Method, caller: Caller) -> None:
    """Refuse a caller who is less than the method asks for, whenever they confirmed who they are."""
    access = method.access
    if access in _OPEN:
        return
    if caller.is_anonymous:
        raise Unauthenticated(Reason.NOT_SIGNED_IN)
    if not _is_enough(access, caller):
        raise Denied(Reason.ROLE_MISSING)


def allow(method: Method, caller: Caller) -> None:
    """Refuse a call of somebody who is less than the method asks for, or must first confirm who they are."""
    admit(method, caller)
    if method.fresh and (caller.fresh_until is None or caller.fresh_until <= clock.now()):
        raise Denied(Reason.CONFIRMATION_NEEDED)


def _is_enough(access: pb.Access.ValueType, caller: Caller) -> bool:
    if access == pb.ACCESS_GUEST:
        return True
    if caller.is_guest:
        return False
    match access:
        case pb.ACCESS_USER:
            return True
        case pb.ACCESS_CREATOR:
            return caller.is_creator
        case pb.ACCESS_MODERATOR:
            return caller.is_moderator
        case pb.ACCESS_ADMIN:
            return caller.is_admin
        case _:
            return False


def _method(found: descriptor.MethodDescriptor) -> Method:
    options = found.GetOptions()
    name = found.full_name
    if not options.HasExtension(pb.policy):
        message = f"{name} has no (cnt.common.v1.policy): nobody decided who may call it"
        raise PolicyError(message)
    policy = options.Extensions[pb.policy]
    streams = found.client_streaming or found.server_streaming
    only_reads = options.idempotency_level == descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS
    default = STREAM_DEADLINE if streams else UNARY_DEADLINE
    _check(found, policy, only_reads=only_reads, streams=streams)
    return Method(
        service=found.containing_service.full_name,
        name=found.name,
        full_name=f"{found.containing_service.full_name}/{found.name}",
        request=message_factory.GetMessageClass(found.input_type),
        response=message_factory.GetMessageClass(found.output_type),
        client_streaming=found.client_streaming,
        server_streaming=found.server_streaming,
        access=policy.access,
        fresh=policy.fresh,
        rate=Rate(policy.rate.calls, policy.rate.period.ToTimedelta().total_seconds())
        if policy.HasField("rate")
        else None,
        request_id=policy.request_id,
        holds_transaction=not streams and policy.transaction != pb.TRANSACTION_NONE,
        only_reads=only_reads,
        deadline=(policy.deadline.ToTimedelta() or default).total_seconds(),
        cache=policy.cache.ToTimedelta().total_seconds(),
        # A provider's authorization is its signature on the body: none of our tokens.
        ignores_bad_token=policy.ignore_bad_token or policy.access == pb.ACCESS_WEBHOOK,
        http=tuple(_bindings(options)),
    )


def _check(found: descriptor.MethodDescriptor, policy: pb.Policy, *, only_reads: bool, streams: bool) -> None:
    """Refuse a policy that contradicts itself or the method's shape."""
    none = timedelta()
    takes_id = policy.request_id != pb.REQUEST_ID_UNSPECIFIED
    has_field = "request_id" in found.input_type.fields_by_name or found.input_type.full_name == "google.api.HttpBody"
    anyone = {pb.ACCESS_PUBLIC, pb.ACCESS_WEBHOOK, pb.ACCESS_GUEST}
    cached, rated = policy.HasField("cache"), policy.HasField("rate")
    wrong = {
        "access is not set": policy.access == pb.ACCESS_UNSPECIFIED,
        "fresh asks for a confirmation that these callers cannot give": policy.fresh and policy.access in anyone,
        "cache fits PUBLIC unary methods that only read": cached
        and (policy.access != pb.ACCESS_PUBLIC or not only_reads or streams),
        "cache lasts a second at most": cached and not none < policy.cache.ToTimedelta() <= LONGEST_CACHE,
        "rate needs calls and a period above zero": rated
        and (policy.rate.calls <= 0 or policy.rate.period.ToTimedelta() <= none),
        "request_id fits unary methods that change something": takes_id and (only_reads or streams),
        "the request has no field request_id": takes_id and not has_field,
        "the deadline is negative": policy.deadline.ToTimedelta() < none,
    }
    problems = [problem for problem, is_so in wrong.items() if is_so]
    if problems:
        message = f"{found.full_name}: {'; '.join(problems)}"
        raise PolicyError(message)


def _bindings(options: descriptor_pb2.MethodOptions) -> Iterable[tuple[str, str]]:
    # The stubs take this extension for a plain field descriptor.
    http: Any = annotations_pb2.http
    if not options.HasExtension(http):
        return
    rule: http_pb2.HttpRule = options.Extensions[http]
    for each in (rule, *rule.additional_bindings):
        yield _binding(each)


def _binding(rule: http_pb2.HttpRule) -> tuple[str, str]:
    verb = rule.WhichOneof("pattern") or ""
    if verb == "custom":
        return rule.custom.kind, rule.custom.path
    return verb.upper(), getattr(rule, verb)
