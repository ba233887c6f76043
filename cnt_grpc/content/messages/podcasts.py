"""Podcasts: requests as what the rules take, and rows as messages."""

from collections.abc import Iterable

from cnt_grpc import media
from cnt_grpc.content.messages.items import MEDIA, MEDIA_ASKED, fill, fill_length, item_changes, item_filter, new_item
from cnt_grpc.content.rules.items import Changes, Filter
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.errors import AppError
from cnt_grpc.pb.cnt.content.v1 import item_pb2, podcast_pb2

_DETAILS = ("season", "episode")


def new_podcast(request: podcast_pb2.CreatePodcastRequest) -> Changes:
    """A podcast to be."""
    return new_item(request, *_DETAILS)


def podcast_changes(request: podcast_pb2.UpdatePodcastRequest) -> Changes:
    """What to change of a podcast."""
    return item_changes(request, *_DETAILS)


def podcast_filter(request: podcast_pb2.ListPodcastsRequest) -> Filter:
    """Which podcasts a list shows."""
    return item_filter(request, media_kind=MEDIA_ASKED[request.media])


def podcast(row: Row, urls: media.Urls) -> podcast_pb2.Podcast:
    """One podcast with its details."""
    message = podcast_pb2.Podcast(season=row["season"], episode=row["episode"])
    fill_podcast(message, row, urls)
    return message


def podcasts(rows: Iterable[Row], next_page_token: str, urls: media.Urls) -> podcast_pb2.ListPodcastsResponse:
    """A page of podcasts."""
    answer = podcast_pb2.ListPodcastsResponse(next_page_token=next_page_token)
    add = answer.podcasts.add
    for row in rows:
        fill_podcast(add(), row, urls)
    return answer


def results(outcomes: Iterable[Row | AppError], urls: media.Urls) -> podcast_pb2.BulkCreatePodcastsResponse:
    """What became of each of many podcasts."""
    return podcast_pb2.BulkCreatePodcastsResponse(results=(_result(outcome, urls) for outcome in outcomes))


def _result(outcome: Row | AppError, urls: media.Urls) -> podcast_pb2.PodcastResult:
    if isinstance(outcome, AppError):
        failure = item_pb2.Failure(reason=outcome.reason, message=outcome.message)
        return podcast_pb2.PodcastResult(failure=failure)
    return podcast_pb2.PodcastResult(podcast=podcast(outcome, urls))


def fill_podcast(message: podcast_pb2.Podcast, row: Row, urls: media.Urls) -> None:
    """Set what lists show of a podcast."""
    message.podcast_id = row["id"]
    message.media = MEDIA[row["media_kind"]]
    fill(message, row, urls)
    fill_length(message, row)
