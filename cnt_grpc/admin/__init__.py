"""The admin room: what administrators do with people, and what they see of the platform.

It is the highest room: nothing but the plug board imports it. The rooms below offer their numbers as kit.figures.
"""

from cnt_grpc.admin.application_service import CreatorApplicationService
from cnt_grpc.admin.jobs import PERIODIC, AdminJobs
from cnt_grpc.admin.privacy import HOLDER
from cnt_grpc.admin.queries.applications import FIGURES
from cnt_grpc.admin.service import AdminService

__all__ = ["FIGURES", "HOLDER", "PERIODIC", "AdminJobs", "AdminService", "CreatorApplicationService"]
