"""The flow diagram of a systematic review: boxes from the records identified to those included.

The stages are those of PRISMA 2020 (Page et al. 2021, https://doi.org/10.1136/bmj.n71, figure 1)
for databases and registers. Left are the stages, on the right what leaves the flow at each, so that
every box on the left is the one above it less the box beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_WIDTH: Final = 320
"""Units of a box; one is a pixel where there is room."""
_GAP: Final = 60
"""Units between the two columns."""
_BELOW: Final = 36
"""Units between two stages."""
_LINE: Final = 20
"""Units between two lines of a text of 14."""
_PADDING: Final = 12
_MOST_SOURCES: Final = 5
_LONGEST: Final = 34
"""Characters of a source's name that fit into a box beside its number."""


@dataclass(frozen=True, slots=True)
class FlowBox:
    """One box.

    Attributes:
        label: what it counts.
        count: how many.
        details: further lines, such as sources or reasons.
        x, y: its top left corner.
        height: of the box.
    """

    label: str
    count: int
    details: tuple[str, ...]
    x: int
    y: int
    height: int

    @property
    def lines(self) -> tuple[tuple[int, str], ...]:
        """The lines of text, each with its baseline; the first is the label with the number."""
        texts = (f"{self.label}: {self.count:,}", *self.details)
        first = self.y + _PADDING + 12
        return tuple((first + _LINE * index, text) for index, text in enumerate(texts))


@dataclass(frozen=True, slots=True)
class FlowDiagram:
    """The boxes, and the arrows between them as the data of an SVG path."""

    boxes: tuple[FlowBox, ...]
    arrows: str
    width: int
    height: int
    box_width: int = _WIDTH

    @property
    def description(self) -> str:
        """All numbers in one text, for those who do not see the picture."""
        return "; ".join(f"{box.label}: {box.count:,}" for box in self.boxes) + "."


Stage = tuple[str, int, tuple[str, ...]]
"""Label, number and further lines of a box."""


def flow_diagram(record: Mapping[str, Any], reasons: Mapping[str, str]) -> FlowDiagram:
    """Returns the diagram of a search.

    Args:
        record: of the search, with its flow (`indexer.flow_json`), total and labels.
        reasons: words for the reasons for which records were removed.
    """
    rows: list[tuple[Stage, Stage | None]] = []
    flow, total = record["flow"], record["total"]
    papers = flow["left"]
    if flow["sources"]:
        removed = sum(flow["removed"].values())
        lines = tuple(
            f"{words}: {flow['removed'][reason]:,}"
            for reason, words in reasons.items()
            if flow["removed"].get(reason)
        )
        rows.append(
            (
                ("Records identified", flow["read"], _sources(flow)),
                ("Records removed before screening", removed, lines),
            )
        )
    included, excluded = record["labelled"]["included"], record["labelled"]["excluded"]
    screened = included + excluded
    rows += [
        (
            ("Papers in the index", papers, ()),
            ("Papers not found by the search", papers - total, ()),
        ),
        (
            ("Papers found by the search", total, ()),
            ("Papers not screened yet", total - screened, ()),
        ),
        (("Papers screened", screened, ()), ("Papers excluded", excluded, ())),
        (("Papers included", included, ()), None),
    ]
    return _laid_out(rows)


def _laid_out(rows: list[tuple[Stage, Stage | None]]) -> FlowDiagram:
    boxes: list[FlowBox] = []
    arrows: list[str] = []
    y, above = 1, 0
    for stage, leaving in rows:
        height = 2 * _PADDING + 16 + _LINE * max(len(stage[2]), len(leaving[2]) if leaving else 0)
        if above:
            arrows.append(f"M{1 + _WIDTH // 2} {above}V{y}l-5 -8m5 8l5 -8")
        boxes.append(FlowBox(*stage, 1, y, height))
        if leaving is not None:
            middle, right = y + height // 2, 1 + _WIDTH + _GAP
            arrows.append(f"M{1 + _WIDTH} {middle}H{right}l-8 -5m8 5l-8 5")
            boxes.append(FlowBox(*leaving, right, y, height))
        above = y + height
        y = above + _BELOW
    return FlowDiagram(tuple(boxes), "".join(arrows), 2 * _WIDTH + _GAP + 2, above + 1)


def _sources(flow: Mapping[str, Any]) -> tuple[str, ...]:
    """Returns a line a source; those beyond the first few are added up."""
    sources = flow["sources"]
    shown = sources if len(sources) <= _MOST_SOURCES else sources[: _MOST_SOURCES - 1]
    lines = [f"{_shortened(source['source'])}: {source['read']:,}" for source in shown]
    if rest := sources[len(shown) :]:
        lines.append(f"{len(rest):,} more sources: {sum(source['read'] for source in rest):,}")
    return tuple(lines)


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
