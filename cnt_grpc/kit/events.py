"""Wake-ups between processes: "something about this topic and key has changed, look". The tables are the truth.

A wake-up is sent when its transaction commits and never when it does not. It carries no data, and one that is lost
costs its listener seconds, no data. `subscribe` calls back with the keys, or with None when any may have changed.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

import structlog

from cnt_grpc.kit.db import Tx, statement
from cnt_grpc.kit.listener import Listener
from cnt_grpc.kit.tables import notifications_sent

CHANNEL = "cnt_events"

PAYLOAD_BYTES = 7900
"""NOTIFY takes less than 8000."""

MOST_KEYS = 2000
"""Keys of a topic in one transaction above which "any of them" is cheaper to say, and to hear."""

Keys = set[int] | None
Callback = Callable[[Keys], None]
