"""Quote images: what the worker draws of the words of a post, measured from pixels, and what becomes of it."""

import io

import pytest
from grpc import StatusCode
from PIL import Image, ImageChops

from cnt_grpc.community import quotes
from cnt_grpc.community.quotes import Words
from cnt_grpc.kit import lettering
from cnt_grpc.pb.cnt.community.v1 import post_pb2 as pb
from tests.community import makers
from tests.contract.effects import settled
from tests.harness.api import Api
from tests.harness.world import Person, World
from tests.kit.test_lettering import TEXTS
from tests.media import makers as media_makers

MARGIN = 60
"""Pixels that stay free on every side, at least."""
CATEGORIES = ("testimony", "prayer_request", "question", "announcement", "general")
LONGEST = ("For God so loved the world that he gave his only begotten Son. " * 80)[:5000].strip()


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg)).convert("RGB")


def words_box(picture: Image.Image, background: Image.Image) -> tuple[int, int, int, int]:
    """The rectangle of all pixels that differ from the background by more than what JPEG blurs."""
    difference = ImageChops.difference(picture, background).convert("L").point(lambda value: 255 * (value > 40))
    box = difference.getbbox()
    assert box
    return box


def background(words: Words, shape: str, size: tuple[int, int]) -> Image.Image:
    path = quotes.template(words.category, words.post_id % quotes.VARIANTS, shape)
    return Image.open(path).convert("RGB").resize(size, Image.Resampling.BICUBIC)


@pytest.mark.parametrize("text", [*TEXTS.values(), LONGEST], ids=[*TEXTS, "longest"])
def test_words_stand_inside_the_frame_whole_and_large_enough(text: str) -> None:
    for number, title in enumerate(("", "A word for today 🙏", "ت" * 200)):
        words = Words(number, title, text, CATEGORIES[number])
        drawn = quotes.draw(words)
        assert drawn.set_upright[-1].complete
        assert drawn.set_upright[0].complete or title.startswith("ت")
        assert all(layout.size >= quotes.SMALLEST for layout in (*drawn.set_upright, *drawn.set_lying))
        assert len(drawn.set_upright) == len(drawn.set_lying) == (2 if title else 1)
        for jpeg, shape, sizes in ((drawn.upright, "upright", quotes.UPRIGHT), (drawn.lying, "lying", (quotes.LYING,))):
            picture = opened(jpeg)
            assert picture.size in sizes
            left, top, right, bottom = words_box(picture, background(words, shape, picture.size))
            assert left >= MARGIN
            assert top >= MARGIN
            assert right <= picture.width - MARGIN
            assert bottom <= picture.height - MARGIN


def test_every_background_lets_white_letters_stand_out() -> None:
    for category in CATEGORIES:
        for variant in range(quotes.VARIANTS):
            for shape in ("upright", "lying"):
                with Image.open(quotes.template(category, variant, shape)) as picture:
                    assert picture.size == (quotes.UPRIGHT[0] if shape == "upright" else quotes.LYING)
                    lightest = picture.convert("L").getextrema()[1]
                assert isinstance(lightest, int | float)
                assert lightest < 140


def test_a_long_post_gets_a_longer_picture_and_is_whole() -> None:
    for length, size in zip((5, 1400, 2200, 5000), quotes.UPRIGHT, strict=True):
        drawn = quotes.draw(Words(1, "", LONGEST[:length], "general"))
        assert opened(drawn.upright).size == size
        assert drawn.set_upright[0].complete
    titled = quotes.draw(Words(1, LONGEST[:200], LONGEST, "general"))
    assert all(layout.complete for layout in titled.set_upright)


def test_the_smallest_capitals_are_24_pixels_high() -> None:
    words = Words(1, "", LONGEST, "general")
    drawn = quotes.draw(words)
    picture = opened(drawn.upright)
    [layout] = drawn.set_upright
    assert layout.size < quotes.SMALLEST + 4
    first, second = layout.lines[0].glyphs[:2]  # an F
    edges = [round(90 + each) for each in (first.x, first.y - 2 * layout.size, second.x, first.y + layout.size / 2)]
    box = (edges[0], max(edges[1], 0), edges[2], edges[3])
    capital = picture.crop(box)
    _, top, _, bottom = words_box(capital, background(words, "upright", picture.size).crop(box))
    assert bottom - top >= 24
    # And so they are where nothing larger fits, whatever this text has got.
    smallest = lettering.draw("F", lettering.Style(size=quotes.SMALLEST, weight=500), 200, 200)
    covered = smallest.image.getchannel("A").point(lambda value: 255 * (value > 127)).getbbox()
    assert covered
    assert covered[3] - covered[1] >= 24


def test_what_is_longer_than_the_longest_picture_ends_visibly() -> None:
    drawn = quotes.draw(Words(1, "", "神爱世人" * 1250, "general"))
    [layout] = drawn.set_upright
    assert not layout.complete
    assert layout.lines[-1].text.endswith("…")
    assert layout.size == quotes.SMALLEST


async def drawn(world: World, api: Api, who: Person, post_id: int) -> pb.Post:
    """The post once the worker is done."""
    await settled(world)
    post: pb.Post = (await api.as_(who).community.GetPost(post_id=post_id)).post
    return post


async def keys(world: World, post_id: int) -> list[str]:
    """Every quote image of a post that is stored, with who may see it."""
    async with world.db.transaction() as tx:
        sql = "SELECT key, visibility FROM media_objects WHERE key LIKE $1 ORDER BY key"
        rows = await tx.raw(sql, f"images/quotes/quote\\_{post_id}\\_%")
    return [f"{row['key']} {row['visibility']}" for row in rows]


async def test_a_text_post_gets_its_pictures_and_they_follow_it(world: World, api: Api) -> None:
    ann = await world.user()
    moderator = await world.user(roles={"moderator"})
    post = (await api.as_(ann).community.CreatePost(content="He answered. سلام 平安", title="Thanks")).post
    assert post.post_type == pb.POST_TYPE_TEXT
    assert post.image_url == ""  # readable before its picture is there
    seen = await drawn(world, api, ann, post.post_id)
    assert f"/images/quotes/quote_{post.post_id}_" in seen.image_url
    assert "signature=" in seen.image_url
    first = await keys(world, post.post_id)
    assert len(first) == 2
    assert all(each.endswith("private") for each in first)
    wide = await api.as_(ann).community.GetCarouselImage(post_id=post.post_id)
    assert (wide.width, wide.height) == quotes.LYING
    assert "_landscape.jpg?" in wide.image_url
    await api.community.GetCarouselImage(post_id=post.post_id).fails(StatusCode.NOT_FOUND, "POST_NOT_FOUND")

    await api.as_(moderator).moderation.ApproveContent(content_type="community_post", content_id=post.post_id)
    assert all(each.endswith("public") for each in await keys(world, post.post_id))
    public = (await api.community.GetPost(post_id=post.post_id)).post.image_url
    assert public.endswith(".jpg")
    key = public[public.index("images/quotes/") :]
    with Image.open(io.BytesIO(await stored(world, key))) as picture:
        assert picture.size == quotes.UPRIGHT[0]
    await api.as_(moderator).moderation.RejectContent(
        content_type="community_post", content_id=post.post_id, reason="No"
    )
    assert all(each.endswith("private") for each in await keys(world, post.post_id))

    edited = (await api.as_(ann).community.UpdatePost(post_id=post.post_id, content="He answered again.")).post
    assert edited.image_url == ""  # the old words are shown no more
    again = await drawn(world, api, ann, post.post_id)
    assert again.image_url not in ("", seen.image_url)
    second = await keys(world, post.post_id)
    assert len(second) == 2
    assert not set(first) & set(second)
    await api.as_(ann).community.DeletePost(post_id=post.post_id)
    await settled(world)
    assert await keys(world, post.post_id) == []


async def stored(world: World, key: str) -> bytes:
    """The bytes of a stored file."""
    target = world.folder / "fetched.jpg"
    target.unlink(missing_ok=True)
    await world.system.storage.fetch(key, target)
    return target.read_bytes()


async def test_a_post_with_files_has_no_quote_image(world: World, api: Api) -> None:
    ann = await world.user()
    post = (await api.as_(ann).community.CreatePost(content="He answered.")).post
    await settled(world)
    async with world.db.transaction() as tx:
        picture = await media_makers.image(tx, ann.id)
    change = api.as_(ann).community.UpdatePost
    await change(post_id=post.post_id, files=pb.PostFiles(media_ids=[picture["id"]]))
    seen = await drawn(world, api, ann, post.post_id)
    assert seen.image_url == seen.media[0].url
    assert await keys(world, post.post_id) == []
    shown = await api.as_(ann).community.GetCarouselImage(post_id=post.post_id)
    assert shown.image_url == seen.image_url
    assert (shown.width, shown.height) == (seen.media[0].width, seen.media[0].height)
    await change(post_id=post.post_id, files=pb.PostFiles())
    assert (await drawn(world, api, ann, post.post_id)).image_url
    assert len(await keys(world, post.post_id)) == 2


async def test_quick_edits_leave_the_pictures_of_the_last_words(world: World, api: Api) -> None:
    ann = await world.user()
    post_id = (await api.as_(ann).community.CreatePost(content="a")).post.post_id
    for number in range(6):
        await api.as_(ann).community.UpdatePost(post_id=post_id, content=("a", "b")[number % 2])
    await api.as_(ann).community.UpdatePost(post_id=post_id, category=pb.POST_CATEGORY_QUESTION)
    seen = await drawn(world, api, ann, post_id)
    assert len(await keys(world, post_id)) == 2
    async with world.db.transaction() as tx:
        [row] = await tx.raw("SELECT words FROM quote_pictures WHERE post_id = $1", post_id)
    assert row["words"] == Words(post_id, "", "b", "question").digest
    assert seen.image_url


async def test_letters_that_no_font_shows_are_not_drawn_as_boxes(world: World, api: Api) -> None:
    ann = await world.user()
    post_id = (await api.as_(ann).community.CreatePost(content="old Phoenician \U00010900")).post.post_id
    assert (await drawn(world, api, ann, post_id)).image_url == ""
    assert (await api.as_(ann).community.GetCarouselImage(post_id=post_id)).image_url == ""
    async with world.db.transaction() as tx:
        sql = "SELECT state, error FROM jobs WHERE kind = 'community.draw_quote' AND dedupe = $1"
        [job] = await tx.raw(sql, str(post_id))
    assert (job["state"], "U+10900" in job["error"]) == ("failed", True)


async def test_a_post_that_is_gone_is_not_drawn(world: World, api: Api) -> None:
    ann = await world.user()
    post_id = (await api.as_(ann).community.CreatePost(content="a")).post.post_id
    await api.as_(ann).community.DeletePost(post_id=post_id)
    await settled(world)
    assert await keys(world, post_id) == []
    assert await makers.made(world, ann) > post_id
