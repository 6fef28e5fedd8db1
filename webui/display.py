"""A paper's text as the templates show it: pieces that are plain, marked, styled or a formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from indexer import Formulas, Span, display

_ELEMENTS: Final = {
    "emphasis": "em",
    "strong": "strong",
    "code": "code",
    "sub": "sub",
    "super": "sup",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text in one look.

    Attributes:
        text: what is read; a template escapes it.
        marked: it matched the query.
        element: the element around it ("em", "sub", …); empty for none.
        mathml: a formula to show in place of the text; empty for words.
    """

    text: str
    marked: bool = False
    element: str = ""
    mathml: str = ""


@dataclass(frozen=True, slots=True)
class Display:
    """Cuts texts into pieces; keeps the formulas it has drawn, for all requests together."""

    formulas: Formulas

    def pieces(self, text: str, spans: Sequence[Span] = ()) -> tuple[Piece, ...]:
        """Render a text with the stretches that matched in it."""
        return tuple(
            Piece(
                piece.text,
                piece.marked,
                _ELEMENTS.get(piece.style, ""),
                # The engine writes MathML from an allow-list of elements and escapes the rest.
                Markup(piece.mathml),  # noqa: S704
            )
            for piece in display(text, spans, formulas=self.formulas)
        )

    def opening(self, text: str, length: int) -> tuple[tuple[Piece, ...], bool]:
        """Render the beginning of a text.

        Returns:
            the pieces, cut between words and never inside a formula, and whether anything is
            left out; a text that is little longer than `length` is shown in full.
        """
        whole = self.pieces(text)
        if sum(len(piece.text) for piece in whole) <= length + length // 5:
            return whole, False
        shown: list[Piece] = []
        left = length
        for piece in whole:
            if len(piece.text) > left:
                cut = piece.text.rfind(" ", 0, left)
                if not piece.mathml and cut > 0:
                    shown.append(Piece(piece.text[:cut], piece.marked, piece.element))
                break
            shown.append(piece)
            left -= len(piece.text)
        return tuple(shown), True
