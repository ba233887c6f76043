"""With a bucket and a CDN, as in production: everyone's addresses are the CDN's, and private ones the store's own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import feedparser
import grpc
import pytest
from pydantic import SecretStr

from cnt_grpc.app import Server, opened, parties
from cnt_grpc.pb.cnt.media.v1 import media_pb2
from cnt_grpc.pb.cnt.search.v1 import result_pb2
from tests.content import makers as content
from tests.content.test_feed import feed_of
from tests.harness.api import Api
from tests.harness.running import HOST
from tests.harness.world import World
from tests.media import makers, s3_server
from tests.media.examples import film_of
from tests.search import makers as search
from tests.search.test_search import word

CDN = "https://d111abc.cloudfront.example"


def settings_of(world: World, **more: Any) -> Any:
    return world.system.settings.model_copy(update={"s3_bucket_name": "cnt-files", "aws_region": "eu-west-3", **more})


@pytest.fixture
async def production(world: World, s3_url: str) -> AsyncIterator[Api]:
    """A second server on the same database, with a bucket and a CDN."""
    access = s3_server.new_bucket(s3_url)
    settings = settings_of(
        world,
        s3_bucket_name=access.bucket,
        s3_endpoint_url=s3_url,
        aws_region=access.region,
        aws_access_key_id=access.key_id,
        aws_secret_access_key=SecretStr(access.secret),
        cloudfront_url=CDN,
    )
    async with opened(settings) as system:
        server = Server(system)
        port, _ = await server.start(HOST, 0, 0)
        async with grpc.aio.insecure_channel(f"{HOST}:{port}") as channel:
            yield Api(channel).elsewhere()
        await server.stop()


def test_where_public_files_are(world: World) -> None:
    settings = world.system.settings
    assert parties.media_url(settings) == f"{settings.public_url}/media"
    assert parties.media_url(settings_of(world)) == "https://cnt-files.s3.eu-west-3.amazonaws.com"
    there = settings_of(world, s3_endpoint_url="https://s3.example")
    assert parties.media_url(there) == "https://s3.example/cnt-files"
    assert parties.media_url(settings_of(world, cloudfront_url=CDN)) == CDN


async def test_what_everyone_sees_is_the_cdns(production: Api, world: World) -> None:
    ann, own = await world.user(), word()
    async with world.db.transaction() as tx:
        made = await content.podcast(tx, by=ann.id, cover=True)
        bare = await content.podcast(tx, by=ann.id)
        await search.put(tx, title=own, picture_key="images/a.jpg")
    podcast = (await production.content.GetPodcast(podcast_id=made["id"])).podcast
    assert podcast.media_url == f"{CDN}/{made['media_key']}"
    assert podcast.cover_url == f"{CDN}/{made['cover_key']}"
    entries = {each.id: each for each in feedparser.parse(await feed_of(world, production, ann)).entries}
    assert entries[f"cnt-podcast-{made['id']}"].enclosures[0].href == podcast.media_url
    assert entries[f"cnt-podcast-{made['id']}"].image.href == podcast.cover_url
    assert entries[f"cnt-podcast-{bare['id']}"].enclosures[0].href.startswith(f"{CDN}/audio/")
    (result,) = (await production.search.Search(q=own, type=result_pb2.RESULT_TYPE_EVENT)).results
    assert result.picture_url == f"{CDN}/images/a.jpg"
    thumbnails = (await production.media.ListDefaultThumbnails()).thumbnails
    assert all(each.url == f"{CDN}/{each.file_path}" for each in thumbnails)


async def test_private_addresses_are_the_stores_and_name_their_file(
    production: Api, world: World, s3_url: str, tmp_path: Path
) -> None:
    ann = await world.user()
    film = await film_of(world, ann)
    hers = production.as_(ann).media
    found = (await hers.GetMedia(media_id=film)).media
    assert found.url.startswith(f"{s3_url}/")
    assert "X-Amz-Signature=" in found.url
    assert (await hers.GetMediaDuration(path=found.url)).duration_ms == found.duration_ms
    # The worker of these tests has the film in its own store.
    picture = await hers.GenerateThumbnail(video_url=found.url, timestamp=0)
    assert picture.state == media_pb2.MEDIA_STATE_READY
    assert picture.thumbnail_url.startswith(f"{s3_url}/")
    async with world.db.transaction() as tx:
        public = (await makers.video(tx, ann.id, visibility="public"))["key"]
    assert (await production.media.GetMediaDuration(path=f"{CDN}/{public}")).duration == 60
