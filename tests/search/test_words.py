"""Text taken apart: the same words in documents and queries, in every script, and nothing that Postgres refuses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnt_grpc.kit.db import Database
from cnt_grpc.search import words

EQUAL = [
    ("Élan vital", "elan vital"),
    ("ÄRGER", "arger"),
    ("Straße", "STRASSE"),
    ("Łódź", "lodz"),
    ("ﬁnal", "final"),
    ("Ⅳ", "iv"),
    ("Иерусалим", "ИЕРУСАЛИМ"),
    ("Ἰησοῦς", "ιησουσ"),
    ("שָׁלוֹם", "שלום"),
    ("سَلَام", "سلام"),
    ("\uff46\uff55\uff4c\uff4c", "full"),
    ("pray\u00ading", "praying"),
    ("e\u0301lan", "élan"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_what_differs_only_in_looks_is_one_word(one: str, other: str) -> None:
    assert words.words(one) == words.words(other)


def test_what_is_no_word_only_separates() -> None:
    assert words.words("God's — love&joy (1:2) 🙏 a\x00b") == ["god", "s", "love", "joy", "1", "2", "a", "b"]
    assert words.words("'\\:*<->!|()🙏\n\t") == []
    assert words.query("-- ; ' \" \\") is None


def test_vowels_that_are_marks_stay() -> None:
    assert words.words("हिंदी") != words.words("हद")
    assert words.words("が") != words.words("か")


def test_scripts_that_stand_beside_each_other_are_several_words() -> None:
    assert words.words("iPhone手机 耶穌基督") == ["iphone", "手机", "耶穌基督"]


def test_a_run_of_any_length_loses_no_pair() -> None:
    run = "".join(chr(0x4E00 + at) for at in range(500))
    literal = words.vector(1, "", "", run).literal
    assert all(f"'{run[at : at + 2]}'" in literal for at in range(499))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
async def test_postgres_takes_every_text_and_every_query(scratch: Database, text: str, asked: str) -> None:
    vector, query = words.vector(1, text, asked, text * 20), words.query(asked)
    async with scratch.transaction() as tx:
        await tx.raw("SELECT $1::text::tsvector, to_tsvector('english', $2)", vector.literal, vector.text)
        if query is not None:
            sql = "SELECT $1::text::tsquery, to_tsquery('english', $2), $3::text::tsquery"
            await tx.raw(sql, query.literal, query.english, query.others)


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=40).filter(lambda text: words.words(text) != []))
async def test_every_text_is_found_by_itself(scratch: Database, text: str) -> None:
    query = words.query(text)
    assert query is not None
    async with scratch.transaction() as tx:
        sql = "SELECT $1::text::tsvector @@ $2::text::tsquery"
        found = await tx.raw(sql, words.vector(1, "", "", text).literal, query.literal)
        begun = await tx.raw(sql, words.vector(1, text, "", "").literal, query.literal)
    assert begun[0][0]
    assert found[0][0]
