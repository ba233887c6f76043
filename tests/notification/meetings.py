"""Where people meet in the notification room: what one was told of the other stays, without their name and words."""

from cnt_grpc import notification
from tests.harness.examples import Fields
from tests.harness.meetings import Meeting, Meetings
from tests.harness.world import Person, World
from tests.notification.examples import SERVICE
from tests.notification.inboxes import tell


async def told(world: World, author: Person, viewer: Person) -> Fields:
    """What somebody said to the viewer's post."""
    notice = notification.Comment(
        user_id=author.id, name=author.name, post_id=1, comment_id=1, excerpt=f"by {author.name}"
    )
    await tell(world, viewer, notice=notice)
    return {}


MEETINGS: Meetings = {
    f"{SERVICE}/ListNotifications": Meeting(told),
    f"{SERVICE}/WatchNotifications": Meeting(told),
}
