"""Wake-ups between processes: "something about this topic and key has changed, look". The tables are the truth.

A wake-up is sent when its transaction commits, and never when it does not. It carries no data, and one that is lost
costs whoever waits for it seconds, no data. Subscribers are called back with the keys, or with None when any may have
changed: after a reconnect, or when so many have that naming them would not pay.
"""

from cnt_grpc.kit.events.bus import Callback, EventBus, PostgresBus, wake

__all__ = ["Callback", "EventBus", "PostgresBus", "wake"]
