"""Text as a picture, in any script: shaped, wrapped, fitted into a box, and measured.

The one text renderer of the project: quote images and captions of films are drawn with it, so that what is right in
one is right in the other. `draw` gives pixels and what was laid out; `lay_out` measures without drawing; `missing` says
what no font of ours can show. docs/lettering.md is its manual.
"""

from cnt_grpc.kit.lettering.cleaning import MOST_CHARACTERS
from cnt_grpc.kit.lettering.drawing import Picture, draw
from cnt_grpc.kit.lettering.fonts import LICENCES, missing
from cnt_grpc.kit.lettering.layout import lay_out
from cnt_grpc.kit.lettering.lines import Layout
from cnt_grpc.kit.lettering.refusals import TooLong, Undrawable
from cnt_grpc.kit.lettering.style import Align, Background, Colour, Outline, Rectangle, Shadow, Style, VerticalAlign

__all__ = [
    "LICENCES",
    "MOST_CHARACTERS",
    "Align",
    "Background",
    "Colour",
    "Layout",
    "Outline",
    "Picture",
    "Rectangle",
    "Shadow",
    "Style",
    "TooLong",
    "Undrawable",
    "VerticalAlign",
    "draw",
    "lay_out",
    "missing",
]
