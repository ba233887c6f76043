"""Answers: whatever was done to the system, clients saw nothing but statuses of the contract."""

from tests.faults.whole import Whole

DEFECTS = ("UNKNOWN", "INTERNAL", "DATA_LOSS", "UNIMPLEMENTED")


async def check(whole: Whole) -> None:
    """Look at all that was refused."""
    wrong = {name: number for name, number in whole.ended.items() if name.startswith(DEFECTS)}
    assert not wrong, f"clients saw {wrong}"
    for program in whole.programs:
        defects = program.log.read_text(errors="replace").split("Traceback (most recent call last)")[1:]
        assert not defects, f"{program.name} logged a defect:\n{defects[0][:3000]}"
