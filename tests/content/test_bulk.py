"""Many podcasts at once, through the wire: each with its own result."""

from grpc import StatusCode

from cnt_grpc.pb.cnt.content.v1.podcast_pb2 import BulkCreatePodcastsRequest, CreatePodcastRequest
from tests.content import makers
from tests.harness.api import Api
from tests.harness.world import World
from tests.media import makers as media_makers


async def test_what_is_wrong_with_one_does_not_keep_the_others(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        mine, waiting = await media_makers.audio(tx, ann.id), await media_makers.audio(tx, ann.id, state="probing")
        theirs, picture = await media_makers.audio(tx, bob.id), await media_makers.image(tx, ann.id)
        category_id = await makers.category(tx, name=f"Of {ann.username}")
    wanted = [
        CreatePodcastRequest(title="One", media_id=mine["id"], category_id=category_id),
        CreatePodcastRequest(title="Another's", media_id=theirs["id"]),
        CreatePodcastRequest(title="A picture", media_id=picture["id"]),
        CreatePodcastRequest(title="Too early", media_id=waiting["id"]),
        CreatePodcastRequest(title="Nowhere", media_id=mine["id"], category_id=2**40),
        CreatePodcastRequest(title="Two", file_path=mine["key"], use_default_thumbnail=True),
    ]
    results = (await api.as_(ann).content.BulkCreatePodcasts(podcasts=wanted)).results
    reasons = [result.failure.reason for result in results]
    assert reasons == ["", "MEDIA_NOT_FOUND", "MEDIA_WRONG_KIND", "MEDIA_NOT_READY", "CATEGORY_NOT_FOUND", ""]
    assert [result.podcast.title for result in results] == ["One", "", "", "", "", "Two"]
    assert all(result.failure.message for result in results if result.failure.reason)
    made = (await api.as_(ann).content.ListPodcasts(creator_id=ann.id)).podcasts
    assert {each.title for each in made} == {"One", "Two"}


async def test_a_hundred_at_once_and_no_more(world: World, api: Api) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        file = await media_makers.audio(tx, ann.id)
    one = CreatePodcastRequest(title="Ruth", media_id=file["id"])
    bulk = api.as_(ann).content.BulkCreatePodcasts
    results = (await bulk(BulkCreatePodcastsRequest(podcasts=[one] * 100))).results
    assert len({result.podcast.podcast_id for result in results}) == 100
    for number in (0, 101):
        refused = await bulk(podcasts=[one] * number).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
        assert refused.fields == ["podcasts"]


async def test_one_that_breaks_the_contract_makes_none(world: World, api: Api) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        file = await media_makers.audio(tx, ann.id)
    given = [CreatePodcastRequest(title=title, media_id=file["id"]) for title in ("Ruth", "")]
    content = api.as_(ann).content
    refused = await content.BulkCreatePodcasts(podcasts=given).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    assert refused.fields == ["podcasts[1].title"]
    assert not (await content.ListPodcasts(creator_id=ann.id)).podcasts
