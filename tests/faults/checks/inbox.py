"""Inboxes: the numbers of each run from one to the last without a gap, and what is counted is what is there."""

from tests.faults.whole import Whole

_WRONG = """
SELECT h.recipient_id, h.last_seq, h.forgotten_seq, h.unread, count(n.seq) AS rows, min(n.seq) AS least,
       max(n.seq) AS most, count(n.seq) FILTER (WHERE NOT n.read) AS really_unread
FROM inbox_heads h LEFT JOIN notifications n USING (recipient_id)
GROUP BY h.recipient_id
HAVING count(n.seq) <> h.last_seq - h.forgotten_seq OR max(n.seq) <> h.last_seq OR min(n.seq) <> h.forgotten_seq + 1
    OR count(n.seq) FILTER (WHERE NOT n.read) <> h.unread
"""


async def check(whole: Whole) -> None:
    """Nobody in these tests deletes a notification, so that each number is there."""
    async with whole.system.db.transaction() as tx:
        wrong = await tx.raw(_WRONG)
    assert not wrong, f"inboxes with gaps or wrong counts: {[dict(row) for row in wrong][:5]}"
