"""What the parts of CommunityService have in common."""

from dataclasses import dataclass, field

from cnt_grpc import media
from cnt_grpc.community.watch import PostWatch
from cnt_grpc.kit.rpc.cache import AnswerCache


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the servicer: the methods of one noun."""

    urls: media.Urls
    watch: PostWatch
    pages: AnswerCache = field(default_factory=AnswerCache)
    """First pages that everyone sees."""
