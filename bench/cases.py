"""What is measured: calls, the ways on which they reach a server, and the part of the floor that they must keep."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import count, cycle

from bench import wire
from cnt_grpc.pb.cnt.auth.v1.user_service_pb2 import GetMeRequest
from cnt_grpc.pb.cnt.community.v1.post_pb2 import ListFeedRequest, ListPostsRequest
from cnt_grpc.pb.cnt.content.v1.podcast_pb2 import GetPodcastRequest, ListPodcastsRequest
from cnt_grpc.pb.cnt.notification.v1.notification_service_pb2 import ListNotificationsRequest
from cnt_grpc.pb.cnt.payment.v1.coin_package_pb2 import GetWalletRequest
from cnt_grpc.pb.cnt.search.v1.result_pb2 import RESULT_TYPE_PODCAST
from cnt_grpc.pb.cnt.search.v1.search_service_pb2 import SearchRequest

FRAME = 5
"""Bytes before each message: a flag and a length."""

PAGE = 20
"""Rows of every list here."""


class Way(Enum):
    """How a call reaches the server."""

    DIRECT = "direct"
    EDGE_GRPC = "Envoy, gRPC"
    EDGE_WEB = "Envoy, gRPC-Web"
    EDGE_JSON = "Envoy, JSON"

    @property
    def edge(self) -> bool:
        """Through Envoy."""
        return self is not Way.DIRECT


@dataclass(frozen=True, slots=True)
class Case:
    """One call."""

    key: str
    """Its name on the command line."""
    name: str
    method: str
    request: bytes
    path: str
    """As JSON."""
    target: float
    """The least part of the floor's rate that we accept."""
    signed_in: bool = False
    unlike: bool = False
    """Each request differs in bytes that mean nothing, so that no answer is remembered."""
    ways: tuple[Way, ...] = tuple(Way)

    def headers(self, way: Way, token: str) -> wire.Headers:
        """The headers of all its requests on this way."""
        given = (("authorization", f"Bearer {token}"),) if self.signed_in else ()
        authority = "127.0.0.1"
        match way:
            case Way.EDGE_JSON:
                return wire.headers("GET", "http", authority, self.path, (("accept", "application/json"), *given))
            case Way.EDGE_WEB:
                kind = "application/grpc-web+proto"
                more = (("content-type", kind), ("accept", kind), ("x-grpc-web", "1"))
            case _:
                more = (("content-type", "application/grpc"), ("te", "trailers"), ("user-agent", "bench"))
        return wire.headers("POST", "http", authority, f"/{self.method}", (*more, *given))

    def bodies(self, way: Way) -> Iterator[bytes | None]:
        """The bodies of its requests, without end."""
        if way is Way.EDGE_JSON:
            return cycle([None])
        if not self.unlike:
            return cycle([framed(self.request)])
        return (framed(self.request + _UNKNOWN_FIELD + number.to_bytes(4, "big")) for number in count())

    def smallest(self, way: Way, answer: bytes) -> int:
        """The fewest bytes of a right answer, when the server's own is `answer`; an error has none."""
        # JSON: {} at least, and an error has another HTTP status.
        return 2 if way is Way.EDGE_JSON else FRAME + len(answer)


_UNKNOWN_FIELD = b"\xc5\x3e"
"""The tag of field 1000 with four bytes after it, which no request here has: protobuf keeps it and nobody reads it."""


def framed(message: bytes) -> bytes:
    """A message as gRPC sends it."""
    return b"\0" + len(message).to_bytes(4, "big") + message


def cases(podcast_id: int) -> tuple[Case, ...]:
    """Every call that is measured, and what is promised of it."""
    page = ListPodcastsRequest(page_size=PAGE).SerializeToString()
    podcasts, podcasts_path = "cnt.content.v1.ContentService/ListPodcasts", f"/api/v1/podcasts?page_size={PAGE}"
    return (
        Case("ping", "Ping: nothing", "cnt.testing.v1.ProbeService/Ping", b"", "/api/v1/testing/ping", 0.80),
        Case(
            "me",
            "GetMe",
            "cnt.auth.v1.UserService/GetMe",
            GetMeRequest().SerializeToString(),
            "/api/v1/users/me",
            0.40,
            signed_in=True,
        ),
        Case(
            "podcast",
            "GetPodcast",
            "cnt.content.v1.ContentService/GetPodcast",
            GetPodcastRequest(podcast_id=podcast_id).SerializeToString(),
            f"/api/v1/podcasts/{podcast_id}",
            0.40,
        ),
        Case("cached", f"ListPodcasts of {PAGE}, cached", podcasts, page, podcasts_path, 0.85),
        Case("list", f"ListPodcasts of {PAGE}, signed in", podcasts, page, podcasts_path, 0.30, signed_in=True),
        Case(
            "uncached",
            f"ListPodcasts of {PAGE}, anonymous, uncached",
            podcasts,
            page,
            podcasts_path,
            0.30,
            unlike=True,
            ways=(Way.DIRECT, Way.EDGE_GRPC),
        ),
        Case(
            "inbox",
            f"ListNotifications of {PAGE}",
            "cnt.notification.v1.NotificationService/ListNotifications",
            ListNotificationsRequest(page_size=PAGE).SerializeToString(),
            f"/api/v1/notifications?page_size={PAGE}",
            0.30,
            signed_in=True,
        ),
        Case(
            "search",
            f"Search of {PAGE} podcasts by a word of all, uncached",
            "cnt.search.v1.SearchService/Search",
            SearchRequest(q="prodigal", type=RESULT_TYPE_PODCAST, page_size=PAGE).SerializeToString(),
            f"/api/v1/search?q=prodigal&type=RESULT_TYPE_PODCAST&page_size={PAGE}",
            0.10,
            unlike=True,
            ways=(Way.DIRECT, Way.EDGE_GRPC),
        ),
        Case(
            "groups",
            "Search of everything, in groups, uncached",
            "cnt.search.v1.SearchService/Search",
            SearchRequest(q="prodigal son").SerializeToString(),
            "/api/v1/search?q=prodigal+son",
            0.03,
            unlike=True,
            ways=(Way.DIRECT, Way.EDGE_GRPC),
        ),
        Case(
            "posts",
            f"ListPosts of {PAGE}, signed in",
            "cnt.community.v1.CommunityService/ListPosts",
            ListPostsRequest(page_size=PAGE).SerializeToString(),
            f"/api/v1/community/posts?page_size={PAGE}",
            0.40,
            signed_in=True,
        ),
        Case(
            "wallet",
            "GetWallet",
            "cnt.payment.v1.WalletService/GetWallet",
            GetWalletRequest().SerializeToString(),
            "/api/v1/payment/wallet",
            0.40,
            signed_in=True,
        ),
        Case(
            "feed",
            f"ListFeed of {PAGE}, 40 followed, blocks",
            "cnt.community.v1.CommunityService/ListFeed",
            ListFeedRequest(page_size=PAGE).SerializeToString(),
            f"/api/v1/community/feed?page_size={PAGE}",
            0.14,
            signed_in=True,
        ),
    )
