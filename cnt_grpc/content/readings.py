"""Readings from the Bible as a PDF, for installations that name no PDF of their own.

The words are those of the World English Bible, which is in the public domain.
"""

from typing import Final

TITLE: Final = "Readings from the Bible"

READINGS: Final = (
    (
        "Numbers 6:24-26",
        """
        Yahweh bless you, and keep you. Yahweh make his face to shine on you, and be gracious to
        you. Yahweh lift up his face toward you, and give you peace.
        """,
    ),
    (
        "Psalm 23",
        """
        Yahweh is my shepherd; I shall lack nothing. He makes me lie down in green pastures. He
        leads me beside still waters. He restores my soul. He guides me in the paths of
        righteousness for his name's sake. Even though I walk through the valley of the shadow of
        death, I will fear no evil, for you are with me. Your rod and your staff, they comfort me.
        You prepare a table before me in the presence of my enemies. You anoint my head with oil. My
        cup runs over. Surely goodness and loving kindness shall follow me all the days of my life,
        and I will dwell in Yahweh's house forever.
        """,
    ),
    (
        "Matthew 5:3-10",
        """
        Blessed are the poor in spirit, for theirs is the Kingdom of Heaven. Blessed are those who
        mourn, for they shall be comforted. Blessed are the gentle, for they shall inherit the
        earth. Blessed are those who hunger and thirst for righteousness, for they shall be filled.
        Blessed are the merciful, for they shall obtain mercy. Blessed are the pure in heart, for
        they shall see God. Blessed are the peacemakers, for they shall be called children of God.
        Blessed are those who have been persecuted for righteousness' sake, for theirs is the
        Kingdom of Heaven.
        """,
    ),
    (
        "John 3:16-17",
        """
        For God so loved the world, that he gave his only born Son, that whoever believes in him
        should not perish, but have eternal life. For God didn't send his Son into the world to
        judge the world, but that the world should be saved through him.
        """,
    ),
    (
        "1 Corinthians 13:4-8",
        """
        Love is patient and is kind. Love doesn't envy. Love doesn't brag, is not proud, doesn't
        behave itself inappropriately, doesn't seek its own way, is not provoked, takes no account
        of evil; doesn't rejoice in unrighteousness, but rejoices with the truth; bears all things,
        believes all things, hopes all things, and endures all things. Love never fails.
        """,
    ),
)
"""Where each stands, and its words."""


def pdf() -> bytes:
    """The readings, one a page behind a title page."""
    from fpdf import FPDF  # noqa: PLC0415  (a fifth of a server's start, and servers print nothing)

    document = FPDF(format=(148, 210))
    document.set_title(TITLE)
    document.set_lang("en")
    document.add_page()
    document.set_font("Times", "B", 26)
    document.set_y(70)
    document.multi_cell(0, 14, TITLE, align="C", new_x="LMARGIN", new_y="NEXT")
    document.set_font("Times", "", 12)
    document.multi_cell(0, 10, "World English Bible", align="C", new_x="LMARGIN", new_y="NEXT")
    for place, words in READINGS:
        document.add_page()
        document.start_section(place)
        document.set_font("Times", "B", 18)
        document.multi_cell(0, 14, place, new_x="LMARGIN", new_y="NEXT")
        document.set_font("Times", "", 13)
        document.multi_cell(0, 7, " ".join(words.split()))
    return bytes(document.output())
