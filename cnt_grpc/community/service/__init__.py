"""Answers CommunityService: request, rules, message; a file for each noun."""

from cnt_grpc.community.service.carousel import Carousel
from cnt_grpc.community.service.comments import Comments
from cnt_grpc.community.service.likes import Likes
from cnt_grpc.community.service.posts import Posts
from cnt_grpc.community.service.watching import Watching
from cnt_grpc.pb.cnt.community.v1 import community_service


class CommunityService(Posts, Carousel, Likes, Comments, Watching, community_service.Servicer):
    """What people share with each other."""
