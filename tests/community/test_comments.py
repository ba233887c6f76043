"""Comments: said, shown oldest first, changed, deleted and liked; the post counts them."""

import asyncio

from grpc import StatusCode

from tests.community import makers
from tests.harness.api import Api
from tests.harness.world import Person, World

GONE = (StatusCode.NOT_FOUND, "COMMENT_NOT_FOUND")


async def test_comments_come_oldest_first_with_their_authors(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    post_id = await makers.made(world, ann)
    first = await api.as_(bob).community.CreateComment(post_id=post_id, content="Amen.")
    assert first.comments_count == 1
    said = first.comment
    assert (said.post_id, said.user_id, said.user_name, said.content) == (post_id, bob.id, bob.name, "Amen.")
    second = await api.as_(ann).community.CreateComment(
        post_id=post_id, content="Thank you.", parent_id=said.comment_id
    )
    assert (second.comments_count, second.comment.parent_id) == (2, said.comment_id)
    shown = (await api.community.ListComments(post_id=post_id)).comments
    assert [(each.content, each.user_username) for each in shown] == [
        ("Amen.", bob.username),
        ("Thank you.", ann.username),
    ]
    assert (await api.community.GetPost(post_id=post_id)).post.comments_count == 2


async def test_a_reply_is_to_a_comment_of_the_same_post(world: World, api: Api) -> None:
    ann = await world.user()
    one, two = [await makers.made(world, ann) for _ in range(2)]
    comment_id = await makers.commented(world, ann, one)
    reply = api.as_(ann).community.CreateComment
    await reply(post_id=two, content="x", parent_id=comment_id).fails(*GONE)
    await reply(post_id=two, content=" \n ").fails(StatusCode.INVALID_ARGUMENT, "INVALID")


async def test_its_author_changes_and_deletes_a_comment(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    post_id = await makers.made(world, ann)
    comment_id = await makers.commented(world, bob, post_id)
    reply_id = await makers.commented(world, ann, post_id, parent_id=comment_id)
    changed = (await api.as_(bob).community.UpdateComment(comment_id=comment_id, content="Hallelujah.")).comment
    assert (changed.content, changed.HasField("edited_at")) == ("Hallelujah.", True)
    # Not even the author of the post may.
    await api.as_(ann).community.UpdateComment(comment_id=comment_id, content="x").fails(*GONE)
    await api.as_(ann).community.DeleteComment(comment_id=comment_id).fails(*GONE)
    assert (await api.as_(bob).community.DeleteComment(comment_id=comment_id)).comments_count == 1
    await api.as_(bob).community.DeleteComment(comment_id=comment_id).fails(*GONE)
    [left] = (await api.community.ListComments(post_id=post_id)).comments
    assert (left.comment_id, left.parent_id) == (reply_id, 0)


async def test_administrators_delete_anyones_and_it_is_written_down(world: World, api: Api) -> None:
    ann = await world.user()
    admin = await world.user(roles={"admin"})
    comment_id = await makers.commented(world, ann, await makers.made(world, ann))
    await api.as_(admin).community.UpdateComment(comment_id=comment_id, content="Be kind.")
    await api.as_(admin).community.DeleteComment(comment_id=comment_id)
    async with world.db.transaction() as tx:
        sql = "SELECT action FROM audit_log WHERE target_kind = 'comment' AND target_id = $1 ORDER BY id"
        acts = await tx.raw(sql, comment_id)
    assert [act["action"] for act in acts] == ["update", "delete"]


async def test_comments_are_liked(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    post_id = await makers.made(world, ann)
    comment_id = await makers.commented(world, ann, post_id)
    for liked in (True, False, True):
        answer = await api.as_(bob).community.ToggleCommentLike(comment_id=comment_id)
        assert (answer.liked, answer.likes_count) == (liked, int(liked))
    [mine] = (await api.as_(bob).community.ListComments(post_id=post_id)).comments
    [theirs] = (await api.as_(ann).community.ListComments(post_id=post_id)).comments
    assert (mine.is_liked, theirs.is_liked, theirs.likes_count) == (True, False, 1)


async def test_words_of_the_blocked_are_hidden_on_both_sides(world: World, api: Api) -> None:
    ann, bob, cy = await world.users(3)
    post_id = await makers.made(world, ann)
    of_bob = await makers.commented(world, bob, post_id, content="of Bob")
    of_cy = await makers.commented(world, cy, post_id, content="of Cy")
    await api.as_(bob).user.BlockUser(user_id=cy.id)
    for who, own, other in ((bob, of_bob, of_cy), (cy, of_cy, of_bob)):
        mine = api.as_(who).community
        assert [each.comment_id for each in (await mine.ListComments(post_id=post_id)).comments] == [own]
        await mine.ToggleCommentLike(comment_id=other).fails(*GONE)
        await mine.CreateComment(post_id=post_id, content="x", parent_id=other).fails(*GONE)
    assert len((await api.as_(ann).community.ListComments(post_id=post_id)).comments) == 2


async def test_the_counter_equals_the_rows_whatever_happens_at_once(world: World, api: Api) -> None:
    ann, *people = await world.users(12)
    post_id = await makers.made(world, ann)

    async def say(who: Person) -> None:
        for _ in range(4):
            said = (await api.as_(who).community.CreateComment(post_id=post_id, content="Amen.")).comment
            await api.as_(who).community.UpdateComment(comment_id=said.comment_id, content="Amen!")
            await api.as_(ann).community.ToggleCommentLike(comment_id=said.comment_id)
        await api.as_(who).community.DeleteComment(comment_id=said.comment_id)

    await asyncio.gather(*(say(each) for each in people))
    sql = """
        SELECT p.comments_count, count(c.id), count(DISTINCT c.changes), sum(c.likes_count)
        FROM community_posts p JOIN comments c ON c.post_id = p.id WHERE p.id = $1 GROUP BY p.id
    """
    async with world.db.transaction() as tx:
        [row] = await tx.raw(sql, post_id)
    assert tuple(row) == (33, 33, 33, 33)
