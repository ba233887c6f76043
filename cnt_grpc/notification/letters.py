"""The words of mails: for one notice, for a day's notices, and for a code."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from cnt_grpc.auth import CodePurpose
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row
from cnt_grpc.notification import unsubscribing
from cnt_grpc.notification.mail import Mail
from cnt_grpc.pb.cnt.auth.v1 import code_pb2
from cnt_grpc.pb.cnt.auth.v1.jobs_pb2 import SendCode

MOST_LISTED = 50
"""Notices that the mail of a day shows; it tells how many more there are."""

_CODES: Mapping[CodePurpose, tuple[str, str]] = {
    CodePurpose.REGISTER: ("Your code to create an account", "Use this code to create your account:"),
    CodePurpose.LOGIN: ("Your code to sign in", "Use this code to sign in:"),
    CodePurpose.RESET: ("Your code for a new password", "Use this code to choose a new password:"),
    CodePurpose.VERIFY_EMAIL: (
        "Your code to confirm your address",
        "Use this code to confirm that this is your address:",
    ),
    CodePurpose.CONFIRM: ("Your code to confirm that it is you", "Use this code to confirm that it is you:"),
}
if unworded := set(CodePurpose) - _CODES.keys():
    raise TypeError(f"codes without words: {sorted(unworded)}")
_PURPOSES = {code_pb2.CodePurpose.Value(f"CODE_PURPOSE_{purpose.name}"): purpose for purpose in CodePurpose}

_NOT_YOU = "If you did not ask for it, ignore this mail, and tell the code to nobody."


@dataclass(frozen=True, slots=True)
class Letters:
    """What mails link to."""

    public_url: str
    """Our own address, for links to unsubscribe."""
    page_url: str
    """The web page for people."""

    def single(self, delivery: Row) -> Mail:
        """One notice."""
        return self._notices([delivery], delivery["title"], f"notice.{delivery['id']}", delivery["type"])

    def digest(self, deliveries: Sequence[Row]) -> Mail:
        """Everything since the last mail, the oldest first; all of one person."""
        first, last = deliveries[0], deliveries[-1]
        number = len(deliveries)
        subject = first["title"] if number == 1 else f"{number} notifications for you"
        return self._notices(deliveries, subject, f"digest.{first['id']}-{last['id']}", unsubscribing.EVERYTHING)

    def code(self, payload: SendCode, job_id: int) -> Mail:
        """A code; the subject does not tell it, for it may show on a locked screen."""
        subject, use = _CODES[_PURPOSES[payload.purpose]]
        left = payload.expires_at.ToDatetime(tzinfo=UTC) - clock.now()
        minutes = max(round(left.total_seconds() / 60), 1)
        lives = f"It is valid for {minutes} minute{'s' * (minutes > 1)}."
        return Mail(
            to=payload.email,
            subject=subject,
            text=f"{use}\n\n    {payload.code}\n\n{lives} {_NOT_YOU}\n",
            html=_page(
                f"<p>{html.escape(use)}</p>"
                f'<p style="font-size:2em;letter-spacing:.2em"><b>{html.escape(payload.code)}</b></p>'
                f"<p>{html.escape(lives)} {html.escape(_NOT_YOU)}</p>"
            ),
            key=f"code.{job_id}",
        )

    def _notices(self, deliveries: Sequence[Row], subject: str, key: str, kind: str) -> Mail:
        leave = unsubscribing.url(self.public_url, deliveries[0]["recipient_id"], kind)
        shown, more = deliveries[:MOST_LISTED], len(deliveries) - MOST_LISTED
        lines = [f"{each['title']}\n{each['message']}\n" for each in shown]
        parts = [f"<h3>{html.escape(each['title'])}</h3><p>{html.escape(each['message'])}</p>" for each in shown]
        if more > 0:
            lines.append(f"And {more} more.\n")
            parts.append(f"<p>And {more} more.</p>")
        lines.append(f"{self.page_url}\n")
        parts.append(f'<p><a href="{html.escape(self.page_url)}">Open the app</a></p>')
        if leave:
            lines.append(f"No more of these mails: {leave}\n")
            parts.append(f'<p><small><a href="{html.escape(leave)}">No more of these mails</a></small></p>')
        return Mail(
            to=deliveries[0]["email"],
            subject=subject,
            text="\n".join(lines),
            html=_page("".join(parts)),
            key=key,
            unsubscribe_url=leave,
        )


def _page(body: str) -> str:
    head = '<!doctype html><html lang="en"><meta charset="utf-8">'
    return f'{head}<body style="font-family:sans-serif">{body}</body></html>'
