"""The names of people: the one that is shown and the unique one in addresses, with what may not stand in either."""

import re
import secrets
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from cnt_grpc.kit.errors import Invalid

SHORTEST_USERNAME = 3
LONGEST_USERNAME = 30

# Only a to z: other alphabets, such as Cyrillic and Greek, have letters that look like these, and so let one person
# pose as another.
_USERNAME = re.compile(rf"[a-z0-9._]{{{SHORTEST_USERNAME},{LONGEST_USERNAME}}}")
_SEPARATED_BADLY = re.compile(r"^[._]|[._]$|[._]{2}")

# Characters that turn the direction of the text around them: a name could rewrite the line that shows it.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_LOOKS_LIKE = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), (".", "_"))
_DIGITS_AS_LETTERS = str.maketrans("03457", "oeast")

_DISGUISED = 4
"""Letters of the shortest word that is looked for behind digits and signs."""

_WITHOUT_LATIN = "friend"
_ROOM_FOR_DIGITS = 8


def clean_name(text: str) -> str:
    """A shown name in NFC with single spaces; raises Invalid for control characters, or when nothing of it shows."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if any(unicodedata.category(char) == "Cc" or char in _DIRECTION for char in name):
        raise Invalid.of("name", "must not hold control characters", "name.control")
    if not any(unicodedata.category(char)[0] in "LNS" for char in name):
        raise Invalid.of("name", "must hold a letter", "name.empty")
    return name


def clean_username(text: str) -> str:
    """A username in lower case, free or not; raises Invalid when it breaks the rules or is reserved."""
    username = text.strip().lower()
    if not _USERNAME.fullmatch(username):
        description = f"must be {SHORTEST_USERNAME} to {LONGEST_USERNAME} of a-z, 0-9, dot and underscore"
        raise Invalid.of("username", description, "username.form")
    if _SEPARATED_BADLY.search(username) or not any(char.isalpha() for char in username):
        description = "must hold a letter, and each dot or underscore must stand between other characters"
        raise Invalid.of("username", description, "username.form")
    if is_reserved(username):
        raise Invalid.of("username", "is reserved", "username.reserved")
    return username


def skeleton(username: str) -> str:
    """What a username looks like at a glance: two that share a skeleton (`tom0`, `torno`) cannot both exist."""
    for written, seen in _LOOKS_LIKE:
        username = username.replace(written, seen)
    return username


def random_digits() -> str:
    """Digits that make a name one of a hundred million."""
    return _digits(_ROOM_FOR_DIGITS)


def is_reserved(username: str) -> bool:
    """Whether a username is, or poses as (`adm1n.7`), a word of our addresses or one that speaks for the platform."""
    plain = username.replace(".", "").replace("_", "")
    letters = plain.translate(_DIGITS_AS_LETTERS)
    readings = (plain, letters.replace("1", "i"), letters.replace("1", "l"))
    words = {"".join(filter(str.isalpha, reading)) for reading in readings}
    # A short word is met by chance: `m3` is nobody's disguise.
    return plain in _reserved() or any(len(word) >= _DISGUISED and word in _reserved() for word in words)


def usernames_for(name: str) -> Iterator[str]:
    """Usernames made from a shown name, best first; endless, since any of them may be taken."""
    return (username for username in _spellings(_slug(name)) if not is_reserved(username))


def _spellings(slug: str | None) -> Iterator[str]:
    if slug is None or is_reserved(slug):
        slug = _WITHOUT_LATIN
    elif len(slug) >= SHORTEST_USERNAME:
        yield slug[:LONGEST_USERNAME].rstrip(".")
    stem = slug[: LONGEST_USERNAME - _ROOM_FOR_DIGITS].rstrip(".")
    for digits in (2, 2, 3, 3, 4, 4, 6):
        yield stem + _digits(digits)
    while True:
        yield stem + _digits(_ROOM_FOR_DIGITS)


def _slug(name: str) -> str | None:
    """The Latin letters and digits of a name, its words joined by dots; None when it has no Latin letter."""
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", latin.replace("'", ""))
    return ".".join(words) if any(char.isalpha() for char in latin) else None


def _digits(count: int) -> str:
    # Neither 0 nor 1, which look like letters.
    return "".join(secrets.choice("23456789") for _ in range(count))


@cache
def _reserved() -> frozenset[str]:
    text = files(__package__).joinpath("reserved_usernames.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split() if not line.startswith("#"))
