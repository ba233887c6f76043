"""How fast one person may talk: sound no faster than it can be spoken, and so many questions a minute."""

from collections.abc import Callable
from typing import Final

from cnt_grpc.kit.errors import Exhausted
from cnt_grpc.live.deepgram import HEARD_RATE
from cnt_grpc.pb.cnt.live.v1.reason import Reason

TURNS: Final = 20
"""Questions in a minute."""
AHEAD: Final = 10.0
"""Seconds of sound that may come at once: what was recorded while the connection was made."""
SPEED: Final = 1.5
"""Seconds of sound in a second of time, in the long run: clocks differ, and connections stall and catch up."""
LONGEST_SPEECH: Final = 60.0
"""Seconds of sound after which a question is taken as complete."""

_MINUTE = 60.0
_LEAST = HEARD_RATE // 100 * 2
"""Bytes: a hundredth of a second."""
_BYTES_A_SECOND = HEARD_RATE * 2


class Pace:
    """Of one conversation; `now` gives seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._seconds = AHEAD
        """Of sound that may still come."""
        self._looked_at = now()
        self._turns: list[float] = []
        self._spoken = 0.0

    def sound(self, size: int) -> bool:
        """Count so many bytes of sound; whether the question is as long now as one may be. Raises Exhausted."""
        # Messages without end cost more than what is in them.
        size = max(size, _LEAST)
        now = self._now()
        self._seconds = min(AHEAD, self._seconds + (now - self._looked_at) * SPEED)
        self._looked_at = now
        seconds = size / _BYTES_A_SECOND
        if seconds > self._seconds:
            wait = (seconds - self._seconds) / SPEED
            raise Exhausted(Reason.VOICE_TOO_FAST, retry_after=max(wait, 0.1), limit="sound")
        self._seconds -= seconds
        self._spoken += seconds
        return self._spoken >= LONGEST_SPEECH

    def speech_ended(self) -> None:
        """The question is complete."""
        self._spoken = 0.0

    def turn(self) -> None:
        """Count a question. Raises Exhausted."""
        now = self._now()
        self._turns = [at for at in self._turns if now - at < _MINUTE]
        if len(self._turns) >= TURNS:
            raise Exhausted(Reason.VOICE_TOO_FAST, retry_after=_MINUTE - (now - self._turns[0]), limit="questions")
        self._turns.append(now)
