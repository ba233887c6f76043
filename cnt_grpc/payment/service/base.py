"""What the parts of the payment room's servicers have in common."""

from dataclasses import dataclass

from cnt_grpc.payment.rules.gifts import Streams


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a servicer: the methods of one noun."""

    streams: Streams | None = None
    """Where gifts in live streams are shown; None while there are no streams."""
