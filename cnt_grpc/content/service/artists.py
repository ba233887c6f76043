"""Answers ArtistService: artists, what they made, and who follows them."""

from dataclasses import dataclass

from google.api.httpbody_pb2 import HttpBody

from cnt_grpc.content import rss
from cnt_grpc.content.kinds import PODCAST
from cnt_grpc.content.messages import artists as messages
from cnt_grpc.content.messages.content import content
from cnt_grpc.content.messages.podcasts import fill_podcast
from cnt_grpc.content.rules import artists, following, items
from cnt_grpc.content.rules.items import Filter
from cnt_grpc.content.service.base import Part
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.content.v1 import artist_service
from cnt_grpc.pb.cnt.content.v1 import artist_service_pb2 as pb2


@dataclass(frozen=True, slots=True)
class ArtistService(Part, artist_service.Servicer):
    """Artists."""

    site: rss.Site

    async def GetMyArtist(self, request: pb2.GetMyArtistRequest, call: Call) -> pb2.GetMyArtistResponse:  # noqa: ARG002
        """Show the caller as an artist."""
        row = await artists.mine(call.db, call.caller)
        return pb2.GetMyArtistResponse(artist=messages.artist(row, self.urls))

    async def UpdateMyArtist(self, request: pb2.UpdateMyArtistRequest, call: Call) -> pb2.UpdateMyArtistResponse:
        """Change the caller as an artist."""
        row = await artists.update(call.tx, call.caller, messages.profile(request))
        return pb2.UpdateMyArtistResponse(artist=messages.artist(row, self.urls))

    async def SetMyCoverImage(self, request: pb2.SetMyCoverImageRequest, call: Call) -> pb2.SetMyCoverImageResponse:
        """Set the picture behind the caller's profile."""
        row = await artists.update(call.tx, call.caller, messages.cover(request))
        return pb2.SetMyCoverImageResponse(artist=messages.artist(row, self.urls))

    async def ListArtists(self, request: pb2.ListArtistsRequest, call: Call) -> pb2.ListArtistsResponse:
        """Show a page of artists."""
        page = Page.of(request, method=call.method, filters=(request.category_id,))
        rows, next_page_token = await artists.listed(call.tx, call.caller, request.category_id, page)
        shown = (messages.artist(row, self.urls) for row in rows)
        return pb2.ListArtistsResponse(artists=shown, next_page_token=next_page_token)

    async def GetArtist(self, request: pb2.GetArtistRequest, call: Call) -> pb2.GetArtistResponse:
        """Show an artist."""
        row = await artists.shown(call.tx, call.caller, *messages.asked(request))
        return pb2.GetArtistResponse(artist=messages.artist(row, self.urls))

    async def ListArtistPodcasts(
        self, request: pb2.ListArtistPodcastsRequest, call: Call
    ) -> pb2.ListArtistPodcastsResponse:
        """Show a page of an artist's podcasts."""
        page = Page.of(request, method=call.method, filters=(request.artist_id,))
        artist = await artists.shown(call.tx, call.caller, "artist_id", request.artist_id)
        wanted = Filter(creator_id=artist["user_id"])
        rows, next_page_token = await items.listed(call.tx, call.caller, PODCAST, wanted, page)
        answer = pb2.ListArtistPodcastsResponse(next_page_token=next_page_token)
        for row in rows:
            fill_podcast(answer.podcasts.add(), row, self.urls)
        return answer

    async def ListArtistContent(
        self, request: pb2.ListArtistContentRequest, call: Call
    ) -> pb2.ListArtistContentResponse:
        """Show a page of an artist's items of all kinds."""
        page = Page.of(request, method=call.method, filters=(request.artist_id,))
        artist = await artists.shown(call.tx, call.caller, "artist_id", request.artist_id)
        wanted = Filter(creator_id=artist["user_id"])
        rows, next_page_token = await items.listed(call.tx, call.caller, None, wanted, page)
        return pb2.ListArtistContentResponse(content=content(rows, self.urls), next_page_token=next_page_token)

    async def GetArtistFeed(self, request: pb2.GetArtistFeedRequest, call: Call) -> pb2.GetArtistFeedResponse:
        """Show an artist's podcasts to programs that read feeds."""
        artist, podcasts = await artists.to_feed(call.tx, int(request.file.removesuffix(".xml")))
        feed = rss.feed(artist, podcasts, self.urls, self.site)
        body = HttpBody(content_type="application/rss+xml; charset=utf-8", data=feed)
        return pb2.GetArtistFeedResponse(feed=body)

    async def FollowArtist(self, request: pb2.FollowArtistRequest, call: Call) -> pb2.FollowArtistResponse:
        """Follow an artist."""
        row = await following.follow(call.tx, call.caller, messages.whom(request))
        return pb2.FollowArtistResponse(artist=messages.artist(row, self.urls))

    async def UnfollowArtist(self, request: pb2.UnfollowArtistRequest, call: Call) -> pb2.UnfollowArtistResponse:
        """Follow an artist no longer."""
        await following.unfollow(call.tx, call.caller, messages.whom(request))
        return pb2.UnfollowArtistResponse()

    async def GetFollow(self, request: pb2.GetFollowRequest, call: Call) -> pb2.GetFollowResponse:
        """Show whether the caller follows an artist."""
        row = await following.state(call.tx, call.caller, messages.whom(request))
        if row is None:
            return pb2.GetFollowResponse()
        return pb2.GetFollowResponse(is_following=row["is_following"], followers_count=row["followers_count"])

    async def ListFollowers(self, request: pb2.ListFollowersRequest, call: Call) -> pb2.ListFollowersResponse:
        """Show a page of those who follow an artist."""
        page = Page.of(request, method=call.method, filters=(request.artist_id, request.user_id))
        rows, next_page_token = await following.followers(call.tx, call.caller, messages.whom(request), page)
        return pb2.ListFollowersResponse(followers=messages.follows(rows, self.urls), next_page_token=next_page_token)

    async def ListFollowing(self, request: pb2.ListFollowingRequest, call: Call) -> pb2.ListFollowingResponse:
        """Show a page of those whom a person follows."""
        page = Page.of(request, method=call.method, filters=(request.user_id,))
        rows, next_page_token = await following.following(call.tx, call.caller, request.user_id, page)
        return pb2.ListFollowingResponse(following=messages.follows(rows, self.urls), next_page_token=next_page_token)
