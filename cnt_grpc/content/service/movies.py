"""Answers the methods of ContentService that are about films."""

from cnt_grpc.content.kinds import MOVIE
from cnt_grpc.content.messages import movies as messages
from cnt_grpc.content.rules import categories, items, movies
from cnt_grpc.content.rules.items import Filter
from cnt_grpc.content.service.base import Part
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.content.v1.movie_pb2 import (
    CreateMovieRequest,
    CreateMovieResponse,
    DeleteMovieRequest,
    DeleteMovieResponse,
    GetMovieRequest,
    GetMovieResponse,
    ListAnimatedBibleStoriesRequest,
    ListAnimatedBibleStoriesResponse,
    ListFeaturedMoviesRequest,
    ListFeaturedMoviesResponse,
    ListMoviesRequest,
    ListMoviesResponse,
    ListSimilarMoviesRequest,
    ListSimilarMoviesResponse,
    RateMovieRequest,
    RateMovieResponse,
    UpdateMovieRequest,
    UpdateMovieResponse,
)


class Movies(Part):
    """Films."""

    __slots__ = ()

    async def CreateMovie(self, request: CreateMovieRequest, call: Call) -> CreateMovieResponse:
        """Publish a film."""
        row = await movies.create(call.tx, call.caller, messages.new_movie(request))
        return CreateMovieResponse(movie=messages.movie(row, self.urls))

    async def GetMovie(self, request: GetMovieRequest, call: Call) -> GetMovieResponse:
        """Show a film."""
        row = await items.shown(call.tx, call.caller, MOVIE, request.movie_id)
        return GetMovieResponse(movie=messages.movie(row, self.urls))

    async def ListMovies(self, request: ListMoviesRequest, call: Call) -> ListMoviesResponse:
        """Show a page of films."""
        wanted = messages.movie_filter(request)
        page = Page.of(request, method=call.method, filters=wanted.key)
        rows, next_page_token = await items.listed(call.tx, call.caller, MOVIE, wanted, page)
        return messages.movies(ListMoviesResponse, rows, next_page_token, self.urls)

    async def UpdateMovie(self, request: UpdateMovieRequest, call: Call) -> UpdateMovieResponse:
        """Change a film."""
        row = await movies.update(call.tx, call.caller, request.movie_id, messages.movie_changes(request))
        return UpdateMovieResponse(movie=messages.movie(row, self.urls))

    async def DeleteMovie(self, request: DeleteMovieRequest, call: Call) -> DeleteMovieResponse:
        """Delete a film."""
        await items.delete(call.tx, call.caller, MOVIE, request.movie_id)
        return DeleteMovieResponse()

    async def ListFeaturedMovies(self, request: ListFeaturedMoviesRequest, call: Call) -> ListFeaturedMoviesResponse:
        """Show a page of the films that moderators put forward."""
        page = Page.of(request, method=call.method)
        rows, next_page_token = await items.listed(call.tx, call.caller, MOVIE, Filter(featured=True), page)
        return messages.movies(ListFeaturedMoviesResponse, rows, next_page_token, self.urls)

    async def ListAnimatedBibleStories(
        self, request: ListAnimatedBibleStoriesRequest, call: Call
    ) -> ListAnimatedBibleStoriesResponse:
        """Show a page of the films of the category Animated Bible Stories."""
        page = Page.of(request, method=call.method)
        wanted = await categories.animated(call.tx)
        if wanted is None:
            return ListAnimatedBibleStoriesResponse()
        rows, next_page_token = await items.listed(call.tx, call.caller, MOVIE, wanted, page)
        return messages.movies(ListAnimatedBibleStoriesResponse, rows, next_page_token, self.urls)

    async def ListSimilarMovies(self, request: ListSimilarMoviesRequest, call: Call) -> ListSimilarMoviesResponse:
        """Show a page of films like another one."""
        page = Page.of(request, method=call.method, filters=(request.movie_id,))
        wanted = await movies.like(call.tx, call.caller, request.movie_id)
        rows, next_page_token = await items.listed(call.tx, call.caller, MOVIE, wanted, page)
        return messages.movies(ListSimilarMoviesResponse, rows, next_page_token, self.urls)

    async def RateMovie(self, request: RateMovieRequest, call: Call) -> RateMovieResponse:
        """Rate a film."""
        row = await movies.rate(call.tx, call.caller, request.movie_id, request.rating)
        return messages.rating(row)
