"""Numbers of the community room: how many posts there are."""

from sqlalchemy import Executable, func, select

from cnt_grpc.community.tables import community_posts
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.figures import Figure


@statement
def _posts() -> Executable:
    return select(func.count()).select_from(community_posts)


FIGURES = (Figure("posts", _posts),)
