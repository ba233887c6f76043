"""The way out of mails: links that nobody can make up, and the pages that they lead to."""

import base64
import binascii
import html
import struct
from collections.abc import Sequence

from cnt_grpc.kit import seal
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.notification.notice import KINDS, Channel
from cnt_grpc.notification.queries import preferences
from cnt_grpc.pb.cnt.notification.v1.reason import Reason

EVERYTHING = "*"
"""The kind of the mail of the day, which holds all kinds."""
_PURPOSE = "unsubscribe"
_PERSON = struct.Struct(">Q")


def url(public_url: str, user_id: int, kind: str) -> str:
    """Where one click ends mails of this kind to this person, for as long as SECRET_KEY stays; empty where none may."""
    if not _ended_by(kind):
        return ""
    # Sealed, not signed: a mail that is passed on tells nobody whose it was.
    token = seal.seal(_PURPOSE, _PERSON.pack(user_id) + kind.encode())
    return f"{public_url}/unsubscribe/{base64.urlsafe_b64encode(token).rstrip(b'=').decode()}"


async def unsubscribe(tx: Tx, token: str) -> str:
    """End what the link ends; the page that says so."""
    user_id, kind = _read(token)
    rows = [
        {"recipient_id": user_id, "type": each, "channel": Channel.MAIL, "enabled": False} for each in _ended_by(kind)
    ]
    # Those who are gone need no preferences, and the row of a person that is not there could not be written.
    if await tx.value(preferences.is_there(), recipient_id=user_id) is not None:
        await tx.many(preferences.choose(), rows)
    return _page("You will get no more of these mails.", "You can turn them on again in the app’s settings.")


def question(token: str) -> str:
    """The page with the button."""
    _, kind = _read(token)
    what = "any notification" if kind == EVERYTHING else f"“{kind.replace('_', ' ')}”"
    button = '<form method="post"><button type="submit">Unsubscribe</button></form>'
    return _page("Unsubscribe", f"Do you want no more mails about {what}?", button)


def _ended_by(kind: str) -> Sequence[str]:
    """The types whose mails such a link ends, in the order in which statements lock preferences."""
    wanted = KINDS if kind == EVERYTHING else {kind} & KINDS.keys()
    return [each for each in sorted(wanted) if Channel.MAIL not in KINDS[each].preferences.always]


def _read(token: str) -> tuple[int, str]:
    try:
        sealed = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        sealed = b""
    data = seal.unseal(_PURPOSE, sealed)
    if data is None:
        raise Invalid(Reason.UNSUBSCRIBE_LINK_INVALID)
    (user_id,) = _PERSON.unpack_from(data)
    return int(user_id), data[_PERSON.size :].decode()


def _page(title: str, text: str, more: str = "") -> str:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">'
        f"<title>{html.escape(title)}</title>"
        '<body style="font-family:sans-serif;max-width:32em;margin:4em auto;padding:0 1em">'
        f"<h1>{html.escape(title)}</h1><p>{html.escape(text)}</p>{more}</body></html>"
    )
