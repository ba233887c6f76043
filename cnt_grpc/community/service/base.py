"""What the parts of CommunityService have in common."""

from dataclasses import dataclass

from cnt_grpc import media
from cnt_grpc.community.watch import PostWatch


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the servicer: the methods of one noun."""

    urls: media.Urls
    watch: PostWatch
