"""How a call is answered, where a test counts answers of several kinds."""

from tests.harness.api import ApiError, Pending

OK = "OK"


async def answer(call: Pending) -> str:
    """OK, or the reason of the refusal."""
    try:
        await call
    except ApiError as refused:
        return refused.reason
    return OK
