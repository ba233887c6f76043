# ruff: noqa: RUF001 # letters of many scripts stand here, and some look like others
"""Text in pictures: what is measured here is measured from pixels."""

import itertools
import time
import unicodedata
from pathlib import Path

import pytest
from bidi import get_display
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from cnt_grpc.kit import lettering
from cnt_grpc.kit.lettering import Align, Style, cleaning, direction
from cnt_grpc.kit.lettering.fonts import SOURCES

WIDTH, HEIGHT = 900, 500
STYLE = Style(size=96, smallest=24, weight=600)
EXCERPT = Style(size=96, smallest=24, weight=600, excerpt=True)

TEXTS = {
    "short": "Grace.",
    "long": "For God so loved the world, that he gave his only begotten Son, that whosoever believeth in him. " * 8,
    "one word": "a" * 60,
    "arabic": "لأنه هكذا أحب الله العالم حتى بذل ابنه الوحيد (John 3:16) لكي لا يهلك كل من يؤمن به!",
    "hebrew": "כִּי כֹּה אָהַב אֱלֹהִים אֶת־הָעוֹלָם (abc) עַד כִּי נָתַן אֶת־בְּנוֹ יְחִידוֹ, 3:16!",
    "chinese": "神爱世人，甚至将他的独生子赐给他们，叫一切信他的，不至灭亡，反得永生。",
    "japanese": "神は、その独り子をお与えになったほどに、世を愛された。",
    "korean": "하나님이 세상을 이처럼 사랑하사 독생자를 주셨으니",
    "devanagari": "क्योंकि परमेश्वर ने जगत से ऐसा प्रेम रखा कि उसने अपना एकलौता पुत्र दे दिया",
    "amharic": "በእርሱ የሚያምን ሁሉ የዘላለም ሕይወት እንዲኖረው እንጂ እንዳይጠፋ እግዚአብሔር አንድያ ልጁን ሰጥቶ ዓለሙን ወዶአልና።",
    "emoji": "Praise 🙏🏾 God! 😀❤️✝️ 👨‍👩‍👧‍👦 🇪🇹 1️⃣ ©™ 5#",
    "thai": "เพราะว่าพระเจ้าทรงรักโลก จนได้ทรงประทานพระบุตรองค์เดียวของพระองค์",
    "greek and cyrillic": "Οὕτως γὰρ ἠγάπησεν ὁ θεὸς τὸν κόσμον\nИбо так возлюбил Бог мир",
    "both ways": "Hello שלום world\nمرحبا hello\n\nñ ế ọ̀",
    "stacked": "z" + "\u0301\u0300" * 100 + "algo",
}


def drawn(text: str, style: Style = STYLE, width: int = WIDTH, height: int = HEIGHT) -> lettering.Picture:
    return lettering.draw(text, style, width, height)


def inked(image: Image.Image) -> tuple[int, int, int, int]:
    """The rectangle of all pixels that are covered at all."""
    box = image.getchannel("A").getbbox()
    assert box
    return box


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_everything_is_inside_and_large_enough(text: str) -> None:
    picture = drawn(text, EXCERPT)
    left, top, right, bottom = inked(picture.image)
    assert left > 0
    assert top > 0
    assert right < WIDTH
    assert bottom < HEIGHT
    assert picture.layout.complete
    assert picture.layout.size >= 24
    ink = picture.layout.ink
    assert ink
    exact = 2 if text != TEXTS["emoji"] else 16  # the font says more room for some pictures than they cover
    for measured, seen in ((ink.left, left), (ink.top, top), (-ink.right, -right), (-ink.bottom, -bottom)):
        assert measured - 1 <= seen <= measured + exact


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_nothing_is_cut(text: str) -> None:
    """With room around it, the same layout covers just as many pixels: none fell over the edge."""
    picture = drawn(text, EXCERPT)
    assert picture.layout.complete
    whole = "".join(cleaning.paragraphs(text))
    assert "".join("".join(line.text for line in picture.layout.lines).split()) == "".join(whole.split())
    size = picture.layout.size
    shown = "\n".join(line.text for line in picture.layout.lines)
    roomy = drawn(shown, Style(size=size, weight=600), WIDTH * 2, HEIGHT * 2)
    assert sum(roomy.image.getchannel("A").tobytes()) == pytest.approx(
        sum(picture.image.getchannel("A").tobytes()), rel=0.03
    )


@pytest.mark.parametrize("word", ["سلام", "שלום"])
def test_what_is_read_from_the_right_begins_there(word: str) -> None:
    style = Style(size=60, align=Align.START)
    first = drawn(word, style)
    assert inked(first.image)[2] > WIDTH - 10
    assert inked(drawn("peace", style).image)[0] < 10
    # A second word stands to the left of the first, which does not move.
    both = drawn(f"{word} {word}", style)
    assert inked(both.image)[2] == inked(first.image)[2]
    assert inked(both.image)[0] < inked(first.image)[0] - 40


def test_arabic_letters_join_and_do_not_across_lines() -> None:
    style = Style(size=80)
    joined = drawn("سلام", style).layout.lines[0]
    apart = drawn("س\u200cل\u200cا\u200cم", style).layout.lines[0]
    assert {p.glyph.number for p in joined.glyphs} != {p.glyph.number for p in apart.glyphs}
    narrow = drawn("ببببببببببب", style, 260, 2000)
    assert narrow.layout.cut
    assert narrow.layout.lines[0].glyphs[0].glyph.number in {
        p.glyph.number for p in drawn("بب", style).layout.lines[0].glyphs
    }


def test_devanagari_marks_stand_before_their_letters() -> None:
    """The vowel sign i is written after its consonant and drawn before it."""
    syllable = drawn("कि", Style(size=80)).layout.lines[0]
    alone = drawn("क", Style(size=80)).layout.lines[0]
    assert len(syllable.glyphs) == 2
    assert syllable.glyphs[1].glyph.number == alone.glyphs[0].glyph.number


def test_emoji_have_colours_and_sequences_are_one_picture() -> None:
    picture = drawn("😀", Style(size=200, colour=lettering.style.WHITE))
    colours = picture.image.convert("RGB").getcolors(1 << 20)
    assert colours
    assert len(colours) > 50
    for sequence in ("👨‍👩‍👧‍👦", "🇪🇹", "👍🏽", "1️⃣", "❤️"):
        assert len([p for p in drawn(sequence).layout.lines[0].glyphs if p.glyph.advance]) == 1, sequence


def test_whole_words_are_worth_more_than_size() -> None:
    layout = drawn("Nebuchadnezzar reigned", Style(size=200, smallest=24), 400, 900).layout
    assert [line.text for line in layout.lines] == ["Nebuchadnezzar", "reigned"]
    assert not layout.cut
    assert drawn("a" * 200, Style(size=96, smallest=24), 400, 900).layout.cut


def test_a_text_gets_the_largest_letters_that_fit() -> None:
    layout = drawn(TEXTS["arabic"]).layout
    with pytest.raises(lettering.TooLong):
        drawn(TEXTS["arabic"], Style(size=layout.size + 4, weight=600))
    assert drawn(TEXTS["arabic"], Style(size=layout.size, weight=600)).layout.lines == layout.lines


LONG = ("word " * 1900, "a" * 9_000, "语" * 5_000, "שלום, " * 1500, "one\n" * 400)


@pytest.mark.parametrize("text", LONG)
def test_what_is_too_long_is_refused_or_shortened_visibly(text: str) -> None:
    with pytest.raises(lettering.TooLong):
        drawn(text)
    began = time.perf_counter()
    picture = drawn(text, EXCERPT)
    assert time.perf_counter() - began < 20  # bounded, on a busy machine as well
    assert not picture.layout.complete
    assert picture.layout.lines[-1].text.endswith("…")
    assert text.replace("\n", " ").startswith(" ".join(line.text for line in picture.layout.lines[:1]))
    with pytest.raises(lettering.TooLong):
        drawn("a" * (lettering.MOST_CHARACTERS + 1), EXCERPT)


def test_what_no_font_shows_is_refused_by_name() -> None:
    with pytest.raises(lettering.Undrawable) as refused:
        drawn("a\U00010900b \ue000 \u0378")
    assert refused.value.characters == ("\U00010900", "\ue000", "\u0378")
    assert lettering.missing("a\U00010900b") == ("\U00010900",)
    assert "U+10900" in str(refused.value)
    for text in TEXTS.values():
        assert lettering.missing(text) == ()


def test_hostile_characters_do_nothing() -> None:
    plain = drawn("abc def").image
    for text in ("a\0bc\x07 def\x1b", "abc\u202e def", "abc\u2069\u2067 def", "\ufeffabc\tdef\r\n\r\n", "abc\u00a0def"):
        assert ImageChops.difference(drawn(text).image, plain).getbbox() is None, repr(text)
    assert drawn("a\ud800b").layout.lines[0].text == "a\ufffdb"
    assert inked(drawn("%{}'\\\";[drawtext]<b>&amp;").image)
    for nothing in ("", " \n\t", "\0\u202e"):
        assert drawn(nothing).layout.ink is None


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_drawn_inside_or_refused(text: str) -> None:
    if lettering.missing(text):
        with pytest.raises(lettering.Undrawable):
            lettering.draw(text, EXCERPT, 400, 300)
        return
    picture = lettering.draw(text, EXCERPT, 400, 300)
    box = picture.image.getchannel("A").getbbox()
    assert box is None or (box[0] >= 0 and box[3] <= 300)
    assert all(p.glyph.number for line in picture.layout.lines for p in line.glyphs)


def test_outline_shadow_and_plate_stay_inside_as_well() -> None:
    style = Style(
        size=64,
        smallest=24,
        outline=lettering.Outline(4),
        shadow=lettering.Shadow(right=4, down=4, blur=5),
        background=lettering.Background(colour=(200, 30, 30, 255), padding=20, radius=0),
        vertical=lettering.VerticalAlign.BOTTOM,
    )
    picture = drawn("It's 100% {fine} 😀", style)
    left, top, right, bottom = inked(picture.image)
    assert left >= 0
    assert top > HEIGHT // 2
    assert right <= WIDTH
    assert bottom <= HEIGHT
    assert picture.image.getpixel((left + 1, top + 1)) == (200, 30, 30, 255)
    black = drawn("l", Style(size=200, outline=lettering.Outline(6)))
    ink = black.layout.ink
    assert ink
    assert black.image.getpixel((ink.left - 4, (ink.top + ink.bottom) // 2)) == (0, 0, 0, 255)


_LETTERS = st.sampled_from("abאבجد12١٢ ,.:+-%()[]!\u0301")


@given(st.text(_LETTERS, max_size=14), st.sampled_from("LR"))
@settings(max_examples=500, deadline=None)
def test_reading_order_is_that_of_a_library(text: str, base: str) -> None:
    """The library reorders; ours gives levels. Marks are left out, which the library puts before their letters."""
    text = "".join(c for c in text if unicodedata.category(c) != "Mn").strip()
    levels = direction.levels(text, int(base == "R"))
    ours = "".join(text[i] for i in direction.visual_order(levels))
    assert ours == get_display(text, base_dir=base), (text, levels)


def test_each_font_comes_with_its_licence() -> None:
    for source in SOURCES:
        assert source.file.is_file(), source.name
        assert "SIL Open Font License" in lettering.LICENCES[source.name].read_text().replace(
            "SIL OPEN FONT LICENSE", "SIL Open Font License"
        )
    assert (Path(lettering.__file__).parent / "fonts" / "OFL.txt").is_file()


def test_weights_differ_in_every_script() -> None:
    for text in ("peace", "سلام", "שלום", "和平", "शांति", "ሰላም"):
        thin, bold = (
            sum(drawn(text, Style(size=80, weight=weight)).image.getchannel("A").tobytes()) for weight in (400, 700)
        )
        assert bold > thin * 1.05, text


def test_scripts_do_not_disturb_each_other() -> None:
    words = ["peace", "سلام", "שלום", "和平", "शांति", "ሰላም", "😀"]
    for pair in itertools.permutations(words, 2):
        assert all(p.glyph.number for p in drawn(" ".join(pair)).layout.lines[0].glyphs), pair
