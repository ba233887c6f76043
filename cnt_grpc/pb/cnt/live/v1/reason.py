# Generated from cnt/live/v1/reason.proto by `make gen`. Do not edit: change the proto.
"""The reasons of cnt.live.v1, as they stand in google.rpc.ErrorInfo.reason."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a call to the live room failed, as it stands in google.rpc.ErrorInfo.reason without the prefix REASON_."""

    # No such stream, or none that the caller may know of. NOT_FOUND.
    STREAM_NOT_FOUND = "STREAM_NOT_FOUND"
    # No such meeting. NOT_FOUND.
    MEETING_NOT_FOUND = "MEETING_NOT_FOUND"
    # LiveKit is not configured: LIVEKIT_WS_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET. FAILED_PRECONDITION.
    LIVE_NOT_CONFIGURED = "LIVE_NOT_CONFIGURED"
    # The stream is over. FAILED_PRECONDITION.
    STREAM_ENDED = "STREAM_ENDED"
    # The stream has not begun: its host has opened no room yet. FAILED_PRECONDITION.
    STREAM_NOT_STARTED = "STREAM_NOT_STARTED"
    # The host is not in the room. FAILED_PRECONDITION.
    HOST_NOT_IN_ROOM = "HOST_NOT_IN_ROOM"
    # The host takes only people with an account, or only people who are signed in. PERMISSION_DENIED.
    AUDIENCE_CLOSED = "AUDIENCE_CLOSED"
    # The host has banned the caller from this stream. PERMISSION_DENIED.
    BANNED_FROM_STREAM = "BANNED_FROM_STREAM"
    # Nobody of this identity is in the room. NOT_FOUND.
    PARTICIPANT_NOT_FOUND = "PARTICIPANT_NOT_FOUND"
    # What the host asked for cannot be done to the host. FAILED_PRECONDITION.
    HOST_IS_UNTOUCHABLE = "HOST_IS_UNTOUCHABLE"
    # The stream runs, so that it cannot be changed this way. FAILED_PRECONDITION.
    STREAM_IS_LIVE = "STREAM_IS_LIVE"
    # The stream has no ingress. NOT_FOUND.
    INGRESS_NOT_FOUND = "INGRESS_NOT_FOUND"
    # A recording runs. FAILED_PRECONDITION.
    ALREADY_RECORDING = "ALREADY_RECORDING"
    # No recording runs. FAILED_PRECONDITION.
    NOT_RECORDING = "NOT_RECORDING"
    # LiveKit can only record into S3: S3_BUCKET_NAME and its keys. FAILED_PRECONDITION.
    RECORDING_NOT_CONFIGURED = "RECORDING_NOT_CONFIGURED"
    # The host has switched the chat off. FAILED_PRECONDITION.
    CHAT_OFF = "CHAT_OFF"
    # Only the host's followers may write. PERMISSION_DENIED.
    CHAT_FOLLOWERS_ONLY = "CHAT_FOLLOWERS_ONLY"
    # The caller wrote a moment ago, and the chat is slow. RESOURCE_EXHAUSTED.
    CHAT_SLOW = "CHAT_SLOW"
    # The message holds a word that the host does not want. FAILED_PRECONDITION.
    CHAT_WORD_BLOCKED = "CHAT_WORD_BLOCKED"
    # No such message. NOT_FOUND.
    STREAM_MESSAGE_NOT_FOUND = "STREAM_MESSAGE_NOT_FOUND"
    # What followed this number is no longer kept: begin anew. OUT_OF_RANGE.
    STREAM_RESYNC = "STREAM_RESYNC"
    # The password is missing or wrong. PERMISSION_DENIED.
    MEETING_PASSWORD_WRONG = "MEETING_PASSWORD_WRONG"
    # The meeting has not begun: it waits for its host. FAILED_PRECONDITION.
    MEETING_NOT_STARTED = "MEETING_NOT_STARTED"
    # The meeting is over. FAILED_PRECONDITION.
    MEETING_ENDED = "MEETING_ENDED"
    # The webhook's signature is missing, wrong or old, or its body is not what was signed. INVALID_ARGUMENT.
    LIVEKIT_SIGNATURE_INVALID = "LIVEKIT_SIGNATURE_INVALID"
    # Somebody without an account can only listen. FAILED_PRECONDITION.
    LISTENER_CANNOT_SPEAK = "LISTENER_CANNOT_SPEAK"
    # No such voice room, or not the caller's. NOT_FOUND.
    VOICE_ROOM_NOT_FOUND = "VOICE_ROOM_NOT_FOUND"
    # The caller has as many voice rooms as one person may have. RESOURCE_EXHAUSTED.
    VOICE_ROOMS_FULL = "VOICE_ROOMS_FULL"
    # Talking without a room needs OPENAI_API_KEY, and DEEPGRAM_API_KEY for sound. FAILED_PRECONDITION.
    VOICE_NOT_CONFIGURED = "VOICE_NOT_CONFIGURED"
    # The caller has as many conversations at once as one person may have. RESOURCE_EXHAUSTED.
    VOICE_CHATS_FULL = "VOICE_CHATS_FULL"
    # More sound than can have been spoken, or more questions than a person asks. RESOURCE_EXHAUSTED.
    VOICE_TOO_FAST = "VOICE_TOO_FAST"
