"""gRPC's polling thread is nice, so that it does not interrupt the event loop for each single event."""

import os
import sys
import threading

import pytest

from tests.kit.served import Probe


@pytest.mark.skipif(sys.platform != "linux", reason="niceness belongs to the whole process elsewhere")
async def test_the_polling_thread_is_nice_and_the_loop_is_not(probe: Probe) -> None:
    # By the name that grpcio gives it; when that changes, kit/rpc/server.py has to learn the new one.
    polling = [thread for thread in threading.enumerate() if thread.name.endswith("(_poll_wrapper)")]
    assert polling
    for thread in polling:
        assert thread.native_id is not None
        assert os.getpriority(os.PRIO_PROCESS, thread.native_id) >= 5
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < 5
