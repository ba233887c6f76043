"""Films: requests as what the rules take, and rows as messages."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from cnt_grpc import media
from cnt_grpc.content.messages.items import fill, fill_length, item_changes, item_filter, new_item
from cnt_grpc.content.rules.items import Changes, Filter
from cnt_grpc.kit.db import Row
from cnt_grpc.pb.cnt.content.v1 import movie_pb2

_DETAILS = ("director", "cast", "release_date", "preview_start_time", "preview_end_time")

_Page = TypeVar(
    "_Page",
    movie_pb2.ListMoviesResponse,
    movie_pb2.ListFeaturedMoviesResponse,
    movie_pb2.ListAnimatedBibleStoriesResponse,
    movie_pb2.ListSimilarMoviesResponse,
)


def new_movie(request: movie_pb2.CreateMovieRequest) -> Changes:
    """A film to be."""
    return new_item(request, *_DETAILS)


def movie_changes(request: movie_pb2.UpdateMovieRequest) -> Changes:
    """What to change of a film."""
    return item_changes(request, *_DETAILS)


def movie_filter(request: movie_pb2.ListMoviesRequest) -> Filter:
    """Which films a list shows."""
    return item_filter(request, featured=request.featured, but_animated=not request.category_id)


def movie(row: Row, urls: media.Urls) -> movie_pb2.Movie:
    """One film with its details."""
    details: Mapping[str, Any] = {name: row[name] for name in _DETAILS}
    message = movie_pb2.Movie(**details)
    fill_movie(message, row, urls)
    return message


def movies(answer: type[_Page], rows: Iterable[Row], next_page_token: str, urls: media.Urls) -> _Page:
    """A page of films, as the answer of one of the methods that list them."""
    page = answer(next_page_token=next_page_token)
    for row in rows:
        fill_movie(page.movies.add(), row, urls)
    return page


def rating(row: Row) -> movie_pb2.RateMovieResponse:
    """What the viewers of a film think of it."""
    return movie_pb2.RateMovieResponse(rating=_mean(row), ratings_count=row["ratings_count"])


def _mean(row: Row) -> float:
    count = row["ratings_count"]
    return round(row["ratings_sum"] / count / 10, 2) if count else 0.0


def fill_movie(message: movie_pb2.Movie, row: Row, urls: media.Urls) -> None:
    """Set what lists show of a film."""
    message.movie_id = row["id"]
    fill(message, row, urls)
    fill_length(message, row)
    if preview_key := row["preview_key"]:
        approved = row["status"] == "approved"
        message.preview_url = urls.public(preview_key) if approved else urls.private(preview_key)
    message.rating = _mean(row)
    message.ratings_count = row["ratings_count"]
