"""A paper's text as the templates show it: markup with marks, styles and formulas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from indexer import Formulas, Span, display

_ELEMENTS: Final = {
    "emphasis": "em",
    "strong": "strong",
    "code": "code",
    "sub": "sub",
    "super": "sup",
}


@dataclass(frozen=True, slots=True)
class Display:
    """Draws texts of papers; keeps the formulas it has drawn, for all requests together."""

    formulas: Formulas

    def markup(self, text: str, spans: Sequence[Span] = ()) -> Markup:
        """Draw a text with the stretches that matched in it; safe to stand in a page."""
        pieces = display(text, spans, formulas=self.formulas)
        if len(pieces) == 1 and not (pieces[0].marked or pieces[0].style or pieces[0].mathml):
            return escape(pieces[0].text)
        return _joined(
            _drawn(piece.text, piece.marked, piece.style, piece.mathml) for piece in pieces
        )

    def opening(self, text: str, length: int) -> tuple[Markup, bool]:
        """Draw the beginning of a text.

        Returns:
            the markup, cut between words and never inside a formula, and whether anything is
            left out; a text that is little longer than `length` is shown in full.
        """
        whole = display(text, formulas=self.formulas)
        fits = sum(len(piece.text) for piece in whole) <= length + length // 5
        shown: list[str] = []
        left = length
        for piece in whole:
            if not fits and len(piece.text) > left:
                cut = piece.text.rfind(" ", 0, left)
                if not piece.mathml and cut > 0:
                    shown.append(_drawn(piece.text[:cut], piece.marked, piece.style))
                break
            shown.append(_drawn(piece.text, piece.marked, piece.style, piece.mathml))
            left -= len(piece.text)
        return _joined(shown), not fits


def _drawn(text: str, marked: bool, style: str, mathml: str = "") -> str:  # noqa: FBT001
    # The engine writes MathML from an allow-list of elements and escapes the rest.
    inner: str = mathml or escape(text)
    if not mathml and (element := _ELEMENTS.get(style)):
        inner = f"<{element}>{inner}</{element}>"
    return f"<mark>{inner}</mark>" if marked else inner


def _joined(drawn: Iterable[str]) -> Markup:
    return Markup("".join(drawn))  # noqa: S704 - `_drawn` escapes
