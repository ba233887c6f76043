"""The live room: streams and meetings on LiveKit, who may do what in them, and the log of what is said and happens.

Picture and sound travel over LiveKit alone. Our rows say what there is and who may come in; tokens carry that to
LiveKit, and LiveKit is asked how its rooms stand whenever it says that something changed, and once a minute. Rooms
above may call, in their own transaction:

    gift_given                 to show a gift in a stream's log
    host_of                    who gives a stream that the caller may see

The plug board builds the services from a Studio (None where LiveKit is not configured), Talkers, `dispatcher` and
Blocks, and takes LiveJobs, PERIODIC, HOLDER, FIGURES and the search's source Streams from here.
"""

from cnt_grpc.live.blocks import Blocks
from cnt_grpc.live.deepgram import Deepgram
from cnt_grpc.live.jobs import PERIODIC, LiveJobs
from cnt_grpc.live.livekit import LiveKit
from cnt_grpc.live.log import State, dispatcher
from cnt_grpc.live.openai import OpenAI
from cnt_grpc.live.privacy import HOLDER
from cnt_grpc.live.queries.figures import FIGURES
from cnt_grpc.live.reported import ReportedMessages, ReportedStreams
from cnt_grpc.live.rooms import Bucket, Rooms
from cnt_grpc.live.rules.broadcasting import Recorder
from cnt_grpc.live.rules.gifts import gift_given, host_of
from cnt_grpc.live.rules.joining import Studio
from cnt_grpc.live.rules.voice_chats import Talkers
from cnt_grpc.live.searched import Streams
from cnt_grpc.live.service import (
    BroadcastService,
    LiveKitWebhookService,
    LiveService,
    MeetingService,
    StageService,
    StreamChatService,
    VoiceService,
)
from cnt_grpc.live.tokens import Minter

reportable = (ReportedStreams(), ReportedMessages())
"""Every kind of thing that people report."""

__all__ = [
    "FIGURES",
    "HOLDER",
    "PERIODIC",
    "Blocks",
    "BroadcastService",
    "Bucket",
    "Deepgram",
    "LiveJobs",
    "LiveKit",
    "LiveKitWebhookService",
    "LiveService",
    "MeetingService",
    "Minter",
    "OpenAI",
    "Recorder",
    "Rooms",
    "StageService",
    "State",
    "StreamChatService",
    "Streams",
    "Studio",
    "Talkers",
    "VoiceService",
    "dispatcher",
    "gift_given",
    "host_of",
    "reportable",
]
