"""Answers the method of CommunityService that shows a post's picture for the carousel."""

from cnt_grpc.community.rules import carousel
from cnt_grpc.community.service.base import Part
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.community.v1.quote_pb2 import GetCarouselImageRequest, GetCarouselImageResponse


class Carousel(Part):
    """Pictures of posts."""

    __slots__ = ()

    async def GetCarouselImage(self, request: GetCarouselImageRequest, call: Call) -> GetCarouselImageResponse:
        """Show where a landscape picture of a post is."""
        found = await carousel.carousel_image(call.tx, call.caller, request.post_id)
        image_url = self.urls.of(found.key, found.visibility)
        return GetCarouselImageResponse(image_url=image_url, width=found.width, height=found.height)
