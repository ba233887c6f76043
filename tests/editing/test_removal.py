"""Edits that are removed: with what they made, without what others need."""

import asyncio
from typing import Any

from grpc import StatusCode

from tests.editing import studio
from tests.editing.examples import edit_of, many_versions
from tests.harness.api import Api, ApiError
from tests.harness.world import Person, World


async def uses_of(world: World, media_id: int) -> int:
    """How many things keep a file."""
    async with world.db.transaction() as tx:
        [row] = await tx.raw("SELECT count(*) AS n FROM media_uses WHERE media_id = $1", media_id)
    return int(row["n"])


async def edit_ids(api: Api) -> list[int]:
    """Of the caller's edits, newest first."""
    return [each.edit_id for each in (await api.editing.ListEdits()).edits]


async def test_an_edit_goes_with_what_it_made(world: World, api: Api) -> None:
    ann = await world.user()
    mine = api.as_(ann)
    sound = await studio.tone(world, ann, 2)
    first = await studio.edited(mine, sound, {"trim": {"end": 1.5}})
    second = await studio.edited(mine, first.result.media_id, {"trim": {"end": 1}})
    later, earlier = await edit_ids(mine)
    refused = mine.editing.DeleteEdit(edit_id=earlier)
    await refused.fails(StatusCode.FAILED_PRECONDITION, "EDIT_BUILT_UPON")
    await mine.editing.DeleteEdit(edit_id=later)
    versions = (await mine.editing.ListEditVersions(edit_id=earlier)).versions
    assert [(each.version, each.in_use) for each in versions] == [(1, True), (0, False)]
    assert await uses_of(world, second.result.media_id) == 0
    assert await uses_of(world, first.result.media_id) > 0
    await mine.editing.GetEdit(edit_id=later).fails(StatusCode.NOT_FOUND, "EDIT_NOT_FOUND")
    await mine.editing.DeleteEdit(edit_id=later).fails(StatusCode.NOT_FOUND, "EDIT_NOT_FOUND")
    await mine.editing.DeleteEdit(edit_id=earlier)
    assert await edit_ids(mine) == []
    # The original is as it was, and may be edited again.
    assert (await mine.media.GetMedia(media_id=sound)).media.media_id == sound
    again = await studio.edited(mine, sound, {"trim": {"end": 1}})
    assert again.result.version == 3


async def test_an_edit_under_way_is_not_removed(world: World, api: Api) -> None:
    ann = await world.user()
    edit = await edit_of(world, ann, state="open")
    await api.as_(ann).editing.DeleteEdit(edit_id=edit).fails(StatusCode.FAILED_PRECONDITION, "EDIT_NOT_ENDED")
    await api.as_(ann).editing.CancelEdit(edit_id=edit)
    await api.as_(ann).editing.DeleteEdit(edit_id=edit)
    assert await edit_ids(api.as_(ann)) == []


async def done(world: World, who: Person) -> tuple[int, int]:
    """An edit that has made a version, without bytes, and the file of that."""
    edit = (await many_versions(world, who, 1))["edit_id"]
    async with world.db.transaction() as tx:
        await tx.raw("UPDATE edits SET state = 'done', version = 1 WHERE id = $1", edit)
        [row] = await tx.raw("SELECT media_id FROM edit_versions WHERE edit_id = $1", edit)
        await tx.raw("UPDATE media_objects SET codecs = 'h264,aac' WHERE id = $1", row["media_id"])
    return edit, row["media_id"]


async def tried(call: Any) -> str:
    """The reason why a call was refused; "" when it was not."""
    try:
        await call
    except ApiError as error:
        return error.reason
    return ""


async def test_whoever_removes_and_whoever_edits_what_it_made_see_each_other(world: World, api: Api) -> None:
    for _ in range(6):
        ann = await world.user()
        mine = api.as_(ann).editing
        edit, film = await done(world, ann)
        steps = [{"trim": {"end": 1}}]
        removed, asked = await asyncio.gather(
            tried(mine.DeleteEdit(edit_id=edit)), tried(mine.CreateEdit(media_id=film, operations=steps))
        )
        assert (removed, asked) in {("", ""), ("EDIT_BUILT_UPON", ""), ("", "MEDIA_NOT_FOUND")}
        [*others] = [each for each in await edit_ids(api.as_(ann)) if each != edit]
        assert len(others) == (asked == ""), "what was asked for is there"


async def test_whoever_removes_and_whoever_takes_into_use_see_each_other(world: World, api: Api) -> None:
    for _ in range(6):
        ann = await world.user()
        mine = api.as_(ann).editing
        edit, _film = await done(world, ann)
        other = await edit_of(world, ann, media_id=await original_of(world, edit))
        await mine.UseEditVersion(edit_id=other, version=0)
        removed, used = await asyncio.gather(
            tried(mine.DeleteEdit(edit_id=edit)), tried(mine.UseEditVersion(edit_id=other, version=1))
        )
        assert removed == ""
        assert used in {"", "EDIT_VERSION_NOT_FOUND"}
        versions = (await mine.ListEditVersions(edit_id=other)).versions
        assert [(each.version, each.in_use) for each in versions] == [(0, True)]


async def original_of(world: World, edit: int) -> int:
    """The file that a history began with."""
    async with world.db.transaction() as tx:
        [row] = await tx.raw(
            "SELECT v.media_id FROM edit_versions v JOIN edits e USING (history_id) WHERE e.id = $1 AND v.number = 0",
            edit,
        )
    return int(row["media_id"])
