"""Edits of sound and film: asked for, made by the worker, watched, and undone.

Other rooms need nothing of it: what an edit makes is a media object like any other.
"""

from cnt_grpc.editing.audio_service import AudioEditingService
from cnt_grpc.editing.jobs import PERIODIC, EditingJobs
from cnt_grpc.editing.privacy import HOLDER
from cnt_grpc.editing.service import EditingService
from cnt_grpc.editing.shorthands import Shorthands
from cnt_grpc.editing.video_service import VideoEditingService

__all__ = [
    "HOLDER",
    "PERIODIC",
    "AudioEditingService",
    "EditingJobs",
    "EditingService",
    "Shorthands",
    "VideoEditingService",
]
