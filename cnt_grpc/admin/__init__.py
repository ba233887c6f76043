"""The admin room: what administrators do with people, and what they see of the platform.

It is the highest room: nothing but the plug board imports it.
"""

from cnt_grpc.admin.service import AdminService

__all__ = ["AdminService"]
