"""Conversations with the voice agent: from the wire, and onto it."""

from collections.abc import Iterable

from cnt_grpc.kit.errors import Invalid
from cnt_grpc.live.openai import Line
from cnt_grpc.live.talk.answering import Lookup
from cnt_grpc.live.talk.exchange import (
    Answer,
    Beat,
    Cause,
    End,
    Event,
    Input,
    Outcome,
    Said,
    Sign,
    Sound,
    Spoken,
    Transcript,
    TurnEnd,
)
from cnt_grpc.pb.cnt.live.v1 import voice_chat_pb2 as pb2

_OUTCOMES = {
    Outcome.ANSWERED: pb2.VOICE_TURN_OUTCOME_ANSWERED,
    Outcome.INTERRUPTED: pb2.VOICE_TURN_OUTCOME_INTERRUPTED,
    Outcome.NOT_UNDERSTOOD: pb2.VOICE_TURN_OUTCOME_NOT_UNDERSTOOD,
    Outcome.FAILED: pb2.VOICE_TURN_OUTCOME_FAILED,
}
_CAUSES = {
    Cause.FINISHED: pb2.VOICE_CHAT_END_CAUSE_FINISHED,
    Cause.SERVER_STOPPING: pb2.VOICE_CHAT_END_CAUSE_SERVER_STOPPING,
    Cause.TIME_UP: pb2.VOICE_CHAT_END_CAUSE_TIME_UP,
}
_ROLES = {pb2.VOICE_SPEAKER_PERSON: "user", pb2.VOICE_SPEAKER_AGENT: "assistant"}


def history(lines: Iterable[pb2.VoiceLine]) -> list[Line]:
    """What was said before, as a model is told of it."""
    return [{"role": _ROLES[line.speaker], "content": line.text} for line in lines]


def given(request: pb2.VoiceChatRequest) -> Input:
    """What the person does. Raises Invalid."""
    match request.WhichOneof("input"):
        case "sound":
            if len(request.sound) % 2:
                raise Invalid.of("sound", "holds half a sample: each is two bytes")
            return Sound(request.sound)
        case "text":
            return Said(request.text)
        case "speech_end":
            return Sign.SPEECH_END
        case "interruption":
            return Sign.INTERRUPTION
        case _:
            raise Invalid.of("start", "comes first or not at all")


def event(what: Event) -> pb2.VoiceEvent:
    """One thing that happens."""
    match what:
        case Transcript(words, is_final):
            return pb2.VoiceEvent(transcript=pb2.VoiceTranscript(text=words, is_final=is_final))
        case Lookup(tool):
            return pb2.VoiceEvent(lookup=pb2.VoiceLookup(tool=tool))
        case Answer(words):
            return pb2.VoiceEvent(answer=pb2.VoiceAnswer(text=words))
        case Spoken(data):
            return pb2.VoiceEvent(sound=data)
        case TurnEnd(outcome, error):
            ended = pb2.VoiceTurnEnd(outcome=_OUTCOMES[outcome])
            if error is not None:
                ended.reason, ended.party = str(error.reason), error.metadata.get("party", "")
            return pb2.VoiceEvent(turn_end=ended)
        case End(cause):
            return pb2.VoiceEvent(end=pb2.VoiceChatEnd(cause=_CAUSES[cause]))
        case Beat():
            return pb2.VoiceEvent(heartbeat=pb2.VoiceHeartbeat())
