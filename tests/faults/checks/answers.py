"""Answers: whatever was done to the system, clients saw nothing but statuses of the contract."""

from tests.faults.whole import Whole

DEFECTS = ("UNKNOWN", "INTERNAL", "DATA_LOSS", "UNIMPLEMENTED")


async def check(whole: Whole) -> None:
    """Look at all that was refused."""
    # Each is told once: a defect belongs to the test in which it was seen, not to all that share the system with it.
    wrong = {name: number for name, number in whole.ended.items() if name.startswith(DEFECTS)}
    whole.ended.clear()
    logged = {
        program.name: program.unread().split("Traceback (most recent call last)")[1:] for program in whole.programs
    }
    assert not wrong, f"clients saw {wrong}"
    for name, defects in logged.items():
        assert not defects, f"{name} logged a defect:\n{defects[0][:3000]}"
