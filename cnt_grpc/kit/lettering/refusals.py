"""What the renderer refuses to draw, as errors that say why."""


class Undrawable(Exception):
    """The text holds characters that no font of ours can show. They are never drawn as boxes."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        named = ", ".join(" ".join(f"U+{ord(c):04X}" for c in cluster) for cluster in characters[:5])
        super().__init__(f"no font shows {named}")
        self.characters = characters
        """Each once, in the order of the text; what belongs together (a letter and its marks) is one."""


class TooLong(Exception):
    """The text does not fit into its box at the smallest size that the style allows, or is longer than any may be."""
