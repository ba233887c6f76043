"""How people become creators: papers that nobody but administrators sees, and a decision."""

import asyncio
from pathlib import Path

import pytest
from grpc import StatusCode

from cnt_grpc.admin import HOLDER
from cnt_grpc.pb.cnt.admin.v1 import creator_application_pb2
from cnt_grpc.pb.cnt.auth.v1 import user_pb2
from cnt_grpc.pb.cnt.media.v1 import media_pb2
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as media_service
from cnt_grpc.pb.cnt.notification.v1 import notification_pb2
from tests.harness.api import Api, ApiError
from tests.harness.world import World
from tests.media.test_purposes import file_of
from tests.media.test_uploads import Ann, until


@pytest.fixture
async def ann(world: World, api: Api) -> Ann:
    return Ann(world, api, await world.user())


@pytest.fixture
async def boss(world: World, api: Api) -> Api:
    return api.as_(await world.user(roles={"admin"}, fresh=True))


async def paper(ann: Ann, tmp_path: Path) -> media_pb2.Media:
    start = media_service.UploadStart(purpose=media_service.MEDIA_PURPOSE_IDENTITY_PICTURE)
    pieces = [media_service.UploadRequest(start=start), media_service.UploadRequest(piece=file_of("png", tmp_path))]
    found: media_pb2.Media = (await ann.media.Upload(pieces)).media
    return found


async def waiting(ann: Ann, tmp_path: Path) -> tuple[int, media_pb2.Media]:
    """An application of Ann's, and its paper."""
    given = await paper(ann, tmp_path)
    them = ann.api.as_(ann.person).creator_application
    answer = await them.ApplyAsCreator(
        stage_name="Ann sings", about="Psalms.", links=["https://example.org/ann"], paper_ids=[given.media_id]
    )
    return answer.application.application_id, given


async def test_who_is_approved_is_a_verified_artist(ann: Ann, boss: Api, tmp_path: Path) -> None:
    application, given = await waiting(ann, tmp_path)
    them = ann.api.as_(ann.person)
    mine = (await them.creator_application.GetMyCreatorApplication()).application
    assert (mine.status, list(mine.papers)) == (creator_application_pb2.APPLICATION_STATUS_PENDING, [])
    listed = (await boss.creator_application.ListCreatorApplications(status=1, page_size=100)).applications
    seen = next(each for each in listed if each.application_id == application)
    assert (seen.user_id, seen.stage_name, list(seen.links)) == (
        ann.person.id,
        "Ann sings",
        ["https://example.org/ann"],
    )
    assert [each.media_id for each in seen.papers] == [given.media_id]
    assert "/private/identity/" in seen.papers[0].url
    assert "signature" in seen.papers[0].url
    await boss.creator_application.ApproveCreatorApplication(application_id=application)
    me = (await boss.admin.ListUsers(search=str(ann.person.id))).users
    found = next(each for each in me if each.user_id == ann.person.id)
    assert (list(found.roles), found.has_artist_profile) == ([user_pb2.ROLE_CREATOR], True)
    [notice] = (await them.notification.ListNotifications()).notifications
    assert (notice.type, dict(notice.data)) == (
        notification_pb2.NOTIFICATION_TYPE_CREATOR_APPROVED,
        {"application_id": str(application), "stage_name": "Ann sings"},
    )
    assert "everyone can find it" not in notice.message, "a person is no thing that was published"
    # Nobody needs the papers any more.
    await until(lambda: ann.count(given.file_path), 0)
    await them.creator_application.ApplyAsCreator(stage_name="Again", paper_ids=[given.media_id]).fails(
        StatusCode.FAILED_PRECONDITION, "CREATOR_ALREADY"
    )


async def test_who_is_rejected_is_told_why_and_may_apply_again(ann: Ann, boss: Api, tmp_path: Path) -> None:
    application, _ = await waiting(ann, tmp_path)
    them = ann.api.as_(ann.person).creator_application
    other = await paper(ann, tmp_path)
    await them.ApplyAsCreator(stage_name="Twice", paper_ids=[other.media_id]).fails(
        StatusCode.FAILED_PRECONDITION, "APPLICATION_PENDING"
    )
    await boss.creator_application.RejectCreatorApplication(application_id=application, reason="A blurred paper")
    mine = (await them.GetMyCreatorApplication()).application
    assert (mine.status, mine.reason) == (creator_application_pb2.APPLICATION_STATUS_REJECTED, "A blurred paper")
    [notice] = (await ann.api.as_(ann.person).notification.ListNotifications()).notifications
    assert (notice.type, notice.data["reason"]) == (
        notification_pb2.NOTIFICATION_TYPE_CREATOR_REJECTED,
        "A blurred paper",
    )
    assert "A blurred paper" in notice.message
    for decide in (
        boss.creator_application.ApproveCreatorApplication(application_id=application),
        boss.creator_application.RejectCreatorApplication(application_id=application, reason="x"),
    ):
        await decide.fails(StatusCode.FAILED_PRECONDITION, "APPLICATION_DECIDED")
    await them.ApplyAsCreator(stage_name="Sharper", paper_ids=[other.media_id])


async def test_of_twins_one_waits(ann: Ann, tmp_path: Path) -> None:
    papers = [await paper(ann, tmp_path) for _ in range(4)]
    them = ann.api.as_(ann.person).creator_application
    answers = await asyncio.gather(
        *(them.ApplyAsCreator(stage_name="Ann", paper_ids=[each.media_id])._one() for each in papers),
        return_exceptions=True,
    )
    refused = [each for each in answers if isinstance(each, ApiError)]
    assert [(each.code, each.reason) for each in refused] == [
        (StatusCode.FAILED_PRECONDITION, "APPLICATION_PENDING")
    ] * 3, answers


async def test_nobody_decides_on_their_own(world: World, api: Api, tmp_path: Path) -> None:
    admin = Ann(world, api, await world.user(roles={"admin"}))
    application, _ = await waiting(admin, tmp_path)
    await (
        api.as_(admin.person)
        .creator_application.ApproveCreatorApplication(application_id=application)
        .fails(StatusCode.PERMISSION_DENIED, "ACT_ON_ONESELF")
    )


async def test_papers_are_ones_own(ann: Ann, tmp_path: Path) -> None:
    bob = await ann.other()
    foreign = await paper(bob, tmp_path)
    them = ann.api.as_(ann.person).creator_application
    for paper_id in (foreign.media_id, 2**62):
        await them.ApplyAsCreator(stage_name="Thief", paper_ids=[paper_id]).fails(
            StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND"
        )
    await them.GetMyCreatorApplication().fails(StatusCode.NOT_FOUND, "APPLICATION_NOT_FOUND")


async def test_it_is_exported_and_erased(ann: Ann, tmp_path: Path) -> None:
    _, given = await waiting(ann, tmp_path)
    world, person = ann.world, ann.person
    async with world.db.transaction() as tx:
        assert [kind async for kind, _ in HOLDER.export(tx, person.id)] == ["creator_applications"]
        await HOLDER.erase(tx, person.id)
        assert [kind async for kind, _ in HOLDER.export(tx, person.id)] == []
    await until(lambda: ann.count(given.file_path), 0)
