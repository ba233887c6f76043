"""The admin room: what administrators do with people, and what they see of the platform.

It is the highest room: nothing but the plug board imports it. The rooms below offer their numbers as kit.figures.
"""

from cnt_grpc.admin.application_service import CreatorApplicationService
from cnt_grpc.admin.drive import Drive, DriveApi
from cnt_grpc.admin.drive_copying import Copier
from cnt_grpc.admin.drive_service import DriveService
from cnt_grpc.admin.jobs import PERIODIC, AdminJobs, enqueue_copy
from cnt_grpc.admin.privacy import HOLDER
from cnt_grpc.admin.queries.applications import FIGURES
from cnt_grpc.admin.rules.drive_accounts import DriveAccounts
from cnt_grpc.admin.rules.drive_imports import DriveImports
from cnt_grpc.admin.sampling import CallSampler
from cnt_grpc.admin.service import AdminService

__all__ = [
    "FIGURES",
    "HOLDER",
    "PERIODIC",
    "AdminJobs",
    "AdminService",
    "CallSampler",
    "Copier",
    "CreatorApplicationService",
    "Drive",
    "DriveAccounts",
    "DriveApi",
    "DriveImports",
    "DriveService",
    "enqueue_copy",
]
