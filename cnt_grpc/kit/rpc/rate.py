"""How often one caller may call one method, counted in memory in each process; the edge limits addresses as a whole."""

import time
from collections import OrderedDict

from cnt_grpc.kit.errors import Exhausted
from cnt_grpc.kit.rpc.policy import Method
from cnt_grpc.pb.cnt.common.v1.reason import Reason

KEPT = 50_000
"""Callers remembered at most; the one seen longest ago is forgotten first, which only ever favours a caller."""


class Limiter:
    """Token buckets: a burst of the whole rate, then a steady refill."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, method: Method, who: str) -> None:
        """Count one call; raises Exhausted with the wait when there is none left."""
        rate = method.rate
        if rate is None:
            return
        now = time.monotonic()
        key = (method.full_name, who)
        left, at = self._buckets.pop(key, (float(rate.calls), now))
        refill = rate.calls / rate.period
        left = min(float(rate.calls), left + (now - at) * refill)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        if len(self._buckets) > KEPT:
            self._buckets.popitem(last=False)
        if not allowed:
            raise Exhausted(Reason.TOO_MANY_CALLS, retry_after=(1 - left) / refill)
