"""Texts in many scripts, the same in every run, for the tokenizer's comparison."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator

_BLOCKS = (
    *((0x20, 0x7F), (0x00, 0xA0), (0xA0, 0x250), (0x250, 0x370), (0x370, 0x400), (0x400, 0x530)),
    *((0x530, 0x600), (0x600, 0x700), (0x900, 0xD80), (0xE00, 0xF00), (0x10A0, 0x1200)),
    *((0x1780, 0x1800), (0x1E00, 0x2000), (0x2000, 0x2100), (0x2100, 0x2C00), (0x3000, 0x3400)),
    *((0x4E00, 0x9FA0), (0xAC00, 0xD7A4), (0xF900, 0x10000), (0x1D400, 0x1D800)),
    *((0x20000, 0x20100),),
)
_WORDS = (
    "the Learning of neural-networks re-think COVID-19 naïve Ångström 3.14 isn't a_b x²".split()
)


def texts(count: int, seed: int = 17) -> Iterator[str]:
    """Yields texts of characters that Unicode has had since version 3.2, with words between."""
    choose = random.Random(seed)
    old = unicodedata.ucd_3_2_0
    for _ in range(count):
        low, high = choose.choice(_BLOCKS)
        pieces = []
        for _ in range(choose.randrange(1, 25)):
            kind = choose.random()
            if kind < 0.2:
                pieces.append(f" {choose.choice(_WORDS)} ")
            elif kind < 0.35:
                pieces.append(" ")
            else:
                char = chr(choose.randrange(low, high))
                pieces.append(char if old.category(char) not in ("Cn", "Cs") else "-")
        yield "".join(pieces)
