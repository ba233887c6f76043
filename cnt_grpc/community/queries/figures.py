"""Numbers of the community room: how many posts and events there are, and which questions wait for the team."""

from sqlalchemy import Executable, func, select

from cnt_grpc.community.tables import community_posts, events, support_messages
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.figures import Figure


@statement
def _posts() -> Executable:
    return select(func.count()).select_from(community_posts)


@statement
def _events() -> Executable:
    return select(func.count()).select_from(events)


@statement
def _open_tickets() -> Executable:
    waiting = support_messages.c.status.in_(("open", "in_progress"))
    return select(func.count()).select_from(support_messages).where(waiting)


@statement
def _unread_support() -> Executable:
    unread = support_messages.c.unread_by_team
    return select(func.coalesce(func.sum(unread), 0)).where(unread > 0)


FIGURES = (
    Figure("posts", _posts),
    Figure("events", _events),
    Figure("open_tickets", _open_tickets, exact=True),
    Figure("unread_support", _unread_support, exact=True),
)
"""What is exact is read from indexes that hold nothing else: questions not yet done, and what the team has not read."""
