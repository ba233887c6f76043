"""What is done to pictures, seen: light, turns, cuts, sizes, words."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cnt_grpc.media.sniff import Kind
from tests.editing import studio
from tests.harness.api import Api
from tests.harness.world import Person, World

RED, GREEN, BLUE, WHITE = (254, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)

CORNERS = (
    "color=black:s=320x240:d=2:r=25,drawbox=0:0:160:120:red:fill,drawbox=160:0:160:120:green:fill,"
    "drawbox=0:120:160:120:blue:fill,drawbox=160:120:160:120:white:fill,format=yuv420p"
)


async def corners(world: World, who: Person, name: str = "corners.mp4") -> int:
    """A film whose quarters are red and green above, blue and white below."""
    options = ("-c:v", "libvpx-vp9", "-deadline", "realtime") if name.endswith("webm") else ("-c:v", "libx264")
    return await studio.drawn(world, who, CORNERS, Kind.VIDEO, name, *options)


def is_colour(seen: NDArray[np.uint8], wanted: tuple[int, int, int]) -> bool:
    """Whether it is nearly that colour."""
    return bool(np.abs(seen.astype(int) - wanted).max() < 40)


def quarters(picture: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """The colours in the middle of each quarter: above left and right, below left and right."""
    tall, wide, _ = picture.shape
    return [picture[tall * y // 4, wide * x // 4] for y in (1, 3) for x in (1, 3)]


@pytest.mark.parametrize(
    ("degrees", "size", "turned"),
    [
        (90, (240, 320), (BLUE, RED, WHITE, GREEN)),
        (180, (320, 240), (WHITE, BLUE, GREEN, RED)),
        (270, (240, 320), (GREEN, WHITE, RED, BLUE)),
    ],
)
@pytest.mark.parametrize("name", ["corners.mp4", "corners.webm", "corners.mov", "corners.mkv"])
async def test_turns_go_clockwise(
    world: World, api: Api, *, name: str, degrees: int, size: tuple[int, int], turned: Any
) -> None:
    ann = await world.user()
    film = await corners(world, ann, name)
    last = await studio.edited(api.as_(ann), film, {"rotate": {"degrees": degrees}})
    found = await studio.look(world, last.result)
    assert found.size == size
    assert (last.result.width, last.result.height) == size
    assert [is_colour(*each) for each in zip(quarters(found.picture(1)), turned, strict=True)] == [True] * 4


async def test_a_part_of_the_picture_is_kept(world: World, api: Api) -> None:
    ann = await world.user()
    film = await corners(world, ann)
    last = await studio.edited(api.as_(ann), film, {"crop": {"x": 160, "y": 120, "width": 100, "height": 81}})
    found = await studio.look(world, last.result)
    assert found.size == (100, 80)
    assert is_colour(found.picture(1).mean(axis=(0, 1)), WHITE)


@pytest.mark.parametrize(("given", "size"), [({"width": 160}, (160, 120)), ({"width": 200, "height": 201}, (200, 200))])
async def test_another_size(world: World, api: Api, given: dict[str, int], size: tuple[int, int]) -> None:
    ann = await world.user()
    last = await studio.edited(api.as_(ann), await corners(world, ann), {"scale": given})
    found = await studio.look(world, last.result)
    assert found.size == size
    assert is_colour(quarters(found.picture(1))[0], RED)


def light(picture: NDArray[np.uint8]) -> float:
    """Mean brightness."""
    return float(picture.mean())


PATCHES = (
    "color=0x404040:s=320x240:d=0.4:r=10,drawbox=160:0:160:120:0xb0b0b0:fill,"
    "drawbox=0:120:160:120:0x904040:fill,drawbox=160:120:160:120:0x406090:fill,format=yuv420p"
)
"""Quarters: dark and light grey above, a red and a blue below."""


@pytest.mark.parametrize(
    "filters",
    [
        {"brightness": 0.2},
        {"brightness": -0.2},
        {"contrast": 0.5},
        {"contrast": 1.5},
        {"saturation": 0.0},
        {"saturation": 2.5},
        {"brightness": 0.15, "contrast": 0.6, "saturation": 1.8},
        {"brightness": -0.1, "contrast": 1.4, "saturation": 0.3},
    ],
    ids=str,
)
async def test_light_contrast_and_colour_move_as_they_should(world: World, api: Api, filters: dict[str, float]) -> None:
    """Alone and together: contrast stretches light around its middle, brightness lifts it, saturation moves colour."""
    ann = await world.user()
    film = await studio.drawn(world, ann, PATCHES, Kind.VIDEO, "patches.mp4", "-crf", "10")
    last = await studio.edited(api.as_(ann), film, {"filters": filters})
    before = studio.Look(world.folder / f"{ann.id}-patches.mp4").planes()
    after = (await studio.look(world, last.result)).planes()
    lift, stretch, colour = (filters.get(name, plain) for name, plain in PLAIN.items())
    for y, x in ((60, 80), (60, 240), (180, 80), (180, 240)):
        was, now = before[:, y, x].astype(float), after[:, y, x].astype(float)
        wanted = [stretch * (was[0] - 128) + 128 + 255 * lift, *(colour * (each - 128) + 128 for each in was[1:])]
        assert now == pytest.approx(np.clip(wanted, 0, 255), abs=5), (y, x)


PLAIN = {"brightness": 0.0, "contrast": 1.0, "saturation": 1.0}
"""What leaves a picture as it is."""


@pytest.mark.parametrize(
    ("x", "y", "alignment"), [(0.5, 0.5, "CENTER"), (0.1, 0.2, "LEFT"), (0.9, 0.8, "RIGHT"), (0.0, 1.0, "CENTER")]
)
async def test_words_are_where_x_and_y_say_while_they_should_be(
    world: World, api: Api, x: float, y: float, alignment: str
) -> None:
    ann = await world.user()
    film = await studio.drawn(world, ann, "color=black:s=320x240:d=3:r=25", Kind.VIDEO, "black.mp4")
    overlay = {
        "text": "HHH", "start": 1, "end": 2, "x": x, "y": y, "font_size": 24, "color": "#ffff00",
        "alignment": f"TEXT_ALIGNMENT_{alignment}",
    }  # fmt: skip
    last = await studio.edited(api.as_(ann), film, {"text_overlays": {"overlays": [overlay]}})
    found = await studio.look(world, last.result)
    assert light(found.picture(0.9)) < 3
    assert light(found.picture(2.1)) < 3
    rows, columns = np.nonzero(found.picture(1.5)[:, :, 0] > 128)
    left, right, middle = columns.min(), columns.max() + 1, (rows.min() + rows.max()) / 2
    places = {"CENTER": (left + right) / 2, "LEFT": left, "RIGHT": right}
    wide, tall = right - left, rows.max() - rows.min()
    wanted = {"CENTER": min(max(320 * x, wide / 2), 320 - wide / 2), "LEFT": 320 * x, "RIGHT": 320 * x}
    assert places[alignment] == pytest.approx(wanted[alignment], abs=4)
    assert middle == pytest.approx(min(max(240 * y, tall / 2), 240 - tall / 2), abs=10)
    seen = found.picture(1.5)[int(middle), left + 1]
    assert seen[0] > 180
    assert seen[1] > 180
    assert seen[2] < 80


async def test_words_have_a_background_and_are_as_solid_as_asked_for(world: World, api: Api) -> None:
    ann = await world.user()
    film = await studio.drawn(world, ann, "color=black:s=320x240:d=1:r=25", Kind.VIDEO, "black.mp4")
    overlay = {"text": "Grace", "font_size": 40, "background_color": "#00ff00", "color": "#00ff00"}
    last = await studio.edited(api.as_(ann), film, {"text_overlays": {"overlays": [overlay | {"opacity": 0.5}]}})
    middle = (await studio.look(world, last.result)).picture(0.5)[120, 160]
    assert middle[1] == pytest.approx(128, abs=12)
    assert max(middle[0], middle[2]) < 30


async def test_one_moment_becomes_a_picture(world: World, api: Api) -> None:
    ann = await world.user()
    graph = "color=red:s=320x240:d=1:r=25[a];color=blue:s=320x240:d=1:r=25[b];[a][b]concat"
    film = await studio.drawn(world, ann, graph, Kind.VIDEO, "two.mp4")
    for at, wanted in ((0.5, RED), (1.5, BLUE), (2.0, BLUE)):
        last = await studio.edited(api.as_(ann), film, {"thumbnail": {"at": at}})
        assert last.result.content_type == "image/jpeg"
        found = await studio.look(world, last.result)
        assert is_colour(found.picture(0).mean(axis=(0, 1)), wanted)


async def test_films_of_other_sizes_and_formats_are_joined(world: World, api: Api) -> None:
    ann = await world.user()
    first = await studio.film(world, ann, 2)
    second = await corners(world, ann, "corners.webm")
    last = await studio.edited(api.as_(ann), first, {"scale": {"width": 200}}, {"merge": {"media_ids": [second]}})
    found = await studio.look(world, last.result)
    assert found.size == (200, 150)
    assert found.film_seconds() == pytest.approx(4, abs=0.1)
    assert is_colour(quarters(found.picture(3))[1], GREEN)
    # The second has no sound: silence there, and the tone of the first before.
    assert studio.level(studio.part(found.sound(), 0.2, 1.8)) > -30
    assert studio.level(studio.part(found.sound(), 2.2, 3.8)) < -60


async def test_a_crossfade_of_films_shows_both(world: World, api: Api) -> None:
    ann = await world.user()
    graph = "color={}:s=320x240:d=2:r=25"
    first = await studio.drawn(world, ann, graph.format("red"), Kind.VIDEO, "red.mp4")
    second = await studio.drawn(world, ann, graph.format("blue"), Kind.VIDEO, "blue.mp4")
    last = await studio.edited(api.as_(ann), first, {"merge": {"media_ids": [second], "crossfade": 1}})
    found = await studio.look(world, last.result)
    assert found.film_seconds() == pytest.approx(3, abs=0.1)
    red, _, blue = found.picture(1.5)[120, 160]
    assert 60 < red < 200
    assert 60 < blue < 200


async def test_many_steps_follow_each_other_in_one_edit(world: World, api: Api) -> None:
    ann = await world.user()
    film = await studio.film(world, ann, 6)
    last = await studio.edited(
        api.as_(ann),
        film,
        {"trim": {"start": 1, "end": 5}},
        {"rotate": {"degrees": 90}},
        {"filters": {"saturation": 0}},
        {"text_overlays": {"overlays": [{"text": "Amen", "start": 1, "end": 2}]}},
        {"fade_out": {"duration": 1, "picture": True}},
        {"speed": {"factor": 2}},
    )
    found = await studio.look(world, last.result)
    assert found.size == (240, 320)
    assert found.film_seconds() == pytest.approx(2, abs=0.05)
    assert found.sound_seconds() == pytest.approx(2, abs=0.1)
    first = found.picture(0.2)
    assert (first.max(axis=2).astype(int) - first.min(axis=2)).mean() < 8
    assert light(found.picture(1.95)) < light(found.picture(0.2)) / 3


async def test_a_silence_is_cut_out_of_sound_and_picture_alike(world: World, api: Api) -> None:
    ann = await world.user()
    sound = "sine=frequency=440:duration=6:sample_rate=48000,volume='lt(t,2)+gt(t,4)':eval=frame[out1]"
    graph = f"color=red:s=320x240:d=3:r=25[a];color=blue:s=320x240:d=3:r=25[b];[a][b]concat[out0];{sound}"
    film = await studio.drawn(world, ann, graph, Kind.VIDEO, "pause.mp4")
    last = await studio.edited(api.as_(ann), film, {"remove_silence": {}})
    found = await studio.look(world, last.result)
    assert found.film_seconds() == pytest.approx(4.1, abs=0.15)
    assert found.sound_seconds() == pytest.approx(found.film_seconds(), abs=0.1)
    assert is_colour(found.picture(1.8)[120, 160], RED)
    assert is_colour(found.picture(2.3)[120, 160], BLUE)
