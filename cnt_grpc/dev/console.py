"""What the launcher writes: its own sentences, and the lines of its children behind their names."""

import sys

WIDTH = 8
COLOURS = ("36", "33", "35", "32", "34")  # cyan, yellow, magenta, green, blue


class Console:
    """Writes whole lines to standard output, with colours when a person looks at it."""

    def __init__(self) -> None:
        self._colour = sys.stdout.isatty()
        self._names: dict[str, str] = {}

    def say(self, text: str) -> None:
        """A sentence of the launcher itself."""
        self.line("cnt", text)

    def line(self, name: str, text: str) -> None:
        """One line of the child called `name`."""
        label = f"{name:<{WIDTH}} │"
        if self._colour:
            colour = self._names.setdefault(name, COLOURS[len(self._names) % len(COLOURS)])
            label = f"\x1b[{colour}m{label}\x1b[0m"
        print(f"{label} {text}", flush=True)
