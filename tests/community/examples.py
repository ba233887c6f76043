"""A valid call of every method of the community room, for the laws that run over all methods."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cnt_grpc.pb.cnt.community.v1.community_service import SERVICE
from tests.community import event_examples, makers, support_examples
from tests.content.makers import follow
from tests.harness.examples import Example, Fields, Foreign, Given, Pages
from tests.harness.world import Person, World
from tests.media import makers as media_makers

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
"""When everything of a list was made that shall sort alike."""

YESTERDAY = datetime.now(UTC) - timedelta(days=1)
"""Likewise, of what is recent."""

NARROWS = {"user_id": "narrows what the caller sees anyway"}


async def picture(world: World, who: Person) -> Any:
    """A picture that somebody has uploaded."""
    async with world.db.transaction() as tx:
        return (await media_makers.image(tx, who.id))["id"]


async def new_post(world: World, who: Person) -> Fields:
    """A post of two pictures."""
    return {"title": "Thanks", "content": "He answered.", "media_ids": [await picture(world, who) for _ in range(2)]}


def own(**fields: Any) -> Given:
    """A post of this person that everyone sees, and these fields."""

    async def given(world: World, who: Person) -> Fields:
        return {"post_id": await makers.made(world, who), **fields}

    return given


async def other_words_and_files(world: World, who: Person) -> Fields:
    """A post, and what it shall be."""
    files = {"media_ids": [await picture(world, who)]}
    return {"post_id": await makers.made(world, who), "content": "He answered again.", "files": files}


async def own_posts(world: World, who: Person, number: int) -> Fields:
    """Posts of one moment."""
    for _ in range(number):
        await makers.made(world, who, at=MOMENT)
    return {"user_id": who.id}


async def one_of_own(world: World, who: Person) -> Fields:
    """A post."""
    return await own_posts(world, who, 1)


async def posts_of_one_followed(world: World, who: Person, number: int) -> Fields:
    """Posts of one moment by somebody whom this person follows."""
    async with world.db.transaction() as tx:
        followed = await tx.raw(
            "SELECT user_id FROM artists JOIN artist_followers ON artist_id = id WHERE follower_id = $1", who.id
        )
    if followed:
        author_id = followed[0]["user_id"]
    else:
        author_id = (await world.user()).id
        async with world.db.transaction() as tx:
            await follow(tx, who.id, author_id)
    for _ in range(number):
        async with world.db.transaction() as tx:
            await makers.post(tx, by=author_id, at=YESTERDAY)
    return {}


async def to_watch(world: World, who: Person) -> Fields:
    """A post on the screen."""
    return {"post_ids": [await makers.made(world, who)]}


async def hidden_post(world: World, who: Person) -> Any:
    """A post that waits for a moderator."""
    return await makers.made(world, who, status="pending")


async def own_comment(world: World, who: Person) -> Any:
    """A comment to a post of one's own."""
    return await makers.commented(world, who, await makers.made(world, who))


async def hidden_comment(world: World, who: Person) -> Any:
    """A comment to a post that waits for a moderator."""
    return await makers.commented(world, who, await hidden_post(world, who))


def of_comment(**fields: Any) -> Given:
    """A comment of this person, and these fields."""

    async def given(world: World, who: Person) -> Fields:
        return {"comment_id": await own_comment(world, who), **fields}

    return given


async def a_reply(world: World, who: Person) -> Fields:
    """A comment, and the answer to it."""
    post_id = await makers.made(world, who)
    return {"post_id": post_id, "parent_id": await makers.commented(world, who, post_id), "content": "Amen to that."}


async def comments_of_one_moment(world: World, who: Person, number: int) -> Fields:
    """Comments of one moment to the first post of this person."""
    async with world.db.transaction() as tx:
        [row] = await tx.raw("SELECT min(id) AS first FROM community_posts WHERE author_id = $1", who.id)
    post_id = row["first"] or await makers.made(world, who)
    for _ in range(number):
        await makers.commented(world, who, post_id, at=MOMENT)
    return {"post_id": post_id}


FILES = Foreign("media_ids", picture, "MEDIA_NOT_FOUND")
HIDDEN_POST = Foreign("post_id", hidden_post, "POST_NOT_FOUND")
HIDDEN_COMMENT = Foreign("comment_id", hidden_comment, "COMMENT_NOT_FOUND")
OTHERS_COMMENT = Foreign("comment_id", own_comment, "COMMENT_NOT_FOUND")

METHODS = {
    "CreatePost": Example(given=new_post, foreign=FILES),
    "GetPost": Example(given=own(), foreign=HIDDEN_POST),
    "GetCarouselImage": Example(given=own(), foreign=HIDDEN_POST),
    "ListPosts": Example(pages=Pages(own_posts, "posts", key="post_id"), open_ids=NARROWS),
    "ListUserPosts": Example(
        given=one_of_own,
        pages=Pages(own_posts, "posts", key="post_id"),
        open_ids={"user_id": "everyone sees who wrote what"},
    ),
    "ListFeed": Example(pages=Pages(posts_of_one_followed, "posts", key="post_id")),
    "UpdatePost": Example(
        given=other_words_and_files,
        foreign=HIDDEN_POST,
        open_ids={"files.media_ids": "a foreign file is refused: tests/community/test_posts.py"},
    ),
    "DeletePost": Example(given=own(), foreign=HIDDEN_POST),
    "SetCarouselVisibility": Example(given=own(show_in_carousel=True), role="admin"),
    "WatchPosts": Example(
        given=to_watch,
        open_ids={"post_ids": "the hidden are left out like the unknown: tests/community/test_watching.py"},
        streams=2,
    ),
    "ToggleLike": Example(given=own(), foreign=HIDDEN_POST),
    "LikePost": Example(given=own(), foreign=HIDDEN_POST),
    "UnlikePost": Example(given=own(), foreign=HIDDEN_POST),
    "ListComments": Example(
        given=own(), foreign=HIDDEN_POST, pages=Pages(comments_of_one_moment, "comments", key="comment_id")
    ),
    "CreateComment": Example(
        given=a_reply,
        foreign=(HIDDEN_POST, Foreign("parent_id", hidden_comment, "COMMENT_NOT_FOUND")),
    ),
    "UpdateComment": Example(given=of_comment(content="Amen and amen."), foreign=OTHERS_COMMENT),
    "DeleteComment": Example(given=of_comment(), foreign=OTHERS_COMMENT),
    "ToggleCommentLike": Example(given=of_comment(), foreign=HIDDEN_COMMENT),
}

EXAMPLES = (
    {f"{SERVICE}/{name}": example for name, example in METHODS.items()}
    | event_examples.EXAMPLES
    | support_examples.EXAMPLES
)
