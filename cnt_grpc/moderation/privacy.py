"""What the moderation room knows of a person: shown to them, and made nameless when they go.

The audit stays as it is: it is the record of what was done with power over others, knows people by their ids alone and
their words by fingerprints, and one row changed would break its chain.
"""

from collections.abc import AsyncIterator

from cnt_grpc.auth import Holder, Record
from cnt_grpc.kit.db import Tx
from cnt_grpc.moderation.people import PERSON
from cnt_grpc.moderation.queries import audit, cases, reports


async def export_person(tx: Tx, user_id: int) -> AsyncIterator[tuple[str, Record]]:
    """What they reported, when something of theirs waited for moderators, and what they did by virtue of a role.

    Not what others reported of theirs: that would tell who did.
    """
    for row in await tx.all(reports.reports_by(), user_id=user_id):
        yield "reports", dict(row)
    for row in await tx.all(cases.cases_of(), user_id=user_id):
        yield "moderation_cases", dict(row)
    for row in await tx.all(audit.acts_of(), user_id=user_id):
        yield "acts", dict(row)


async def erase_person(tx: Tx, user_id: int) -> None:
    """Drop what was reported of the person as such, and blank their own words in what others still need."""
    await tx.run(reports.drop_reports_about(), kind=PERSON, user_id=user_id)
    await tx.run(reports.blank_reports_by(), user_id=user_id)
    await tx.run(reports.blank_decisions_of(), user_id=user_id)


HOLDER = Holder("moderation", export_person, erase_person)
