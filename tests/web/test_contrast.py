"""Graphics and borders of controls have 3:1 against the page behind them (WCAG 2.2, 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


def schemes(checkout: Path) -> list[dict[str, str]]:
    """Returns the colours of the light scheme and of the dark one, by name."""
    css = (checkout / "webui" / "static" / "quiver.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]
    return [dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", block)) for block in blocks]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["bar", "edge", "accent", "gone", "c1", "c2", "c3", "c4", "c5"])
def test_graphics_stand_out(checkout: Path, name: str) -> None:
    both = schemes(checkout)
    assert len(both) == 2
    for colours in both:
        assert contrast(colours[name], colours["page"]) >= 3
