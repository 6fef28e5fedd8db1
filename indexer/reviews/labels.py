"""Labels of papers: included in a review or excluded from it, kept with each generation.

The labels come from a file (`indexer.reviews.labels_file`), the one place where they are kept for
good. A generation holds a copy, the ids of the labelled papers, so that ``label:included`` finds
the same papers as long as the generation is there, in every process that reads it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, Protocol, cast

from indexer.errors import IndexDamaged
from indexer.generations.publishing import MOST_ATTACHED
from indexer.search import Searcher, Writer

Label = Literal["included", "excluded"]
LABELS: Final[tuple[Label, ...]] = ("included", "excluded")
ATTACHED: Final = "labels"
"""Name of the attachment that keeps the labels of a generation."""
MOST_LABELS: Final = 500_000
_LARGEST: Final = 64 << 20
"""Most bytes of labels, unpacked."""


@dataclass(frozen=True, slots=True)
class PaperLabels:
    """The labels of the papers of an index.

    Attributes:
        order: id and label of each labelled paper, in the order in which they were labelled;
            each id once.
    """

    order: tuple[tuple[str, Label], ...] = ()
    _by_id: Mapping[str, Label] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", dict(self.order))

    def get(self, paper_id: str) -> Label | None:
        """Returns the label of a paper; None where it has none."""
        return self._by_id.get(paper_id)

    def ids(self, label: str) -> tuple[str, ...]:
        """Returns the ids with a label, in the order of labelling; "any" stands for both."""
        return tuple(paper_id for paper_id, given in self.order if label in (given, "any"))


NO_LABELS: Final = PaperLabels()


class HasAttachments(Protocol):
    """What labels are read from: a searcher, or anything else that has attachments."""

    def attachment(self, name: str) -> bytes | None:
        """Returns what was attached under a name; None where nothing was."""


def attach_labels(writer: Writer, labels: PaperLabels) -> None:
    """Keeps labels with the generation that is written; no labels take away what was kept.

    Raises:
        ValueError: when there are more labels than an attachment can hold.
    """
    writer.attach(ATTACHED, _packed(labels) if labels.order else b"")


def labels_of(searcher: Searcher) -> PaperLabels:
    """Returns the labels of a generation.

    Raises:
        IndexDamaged: when they cannot be read.
    """
    return read_labels(searcher.attachment(ATTACHED))


def read_labels(data: bytes | None) -> PaperLabels:
    """Returns the labels that an attachment holds; no labels where there is none.

    Raises:
        IndexDamaged: when they cannot be read.
    """
    return NO_LABELS if data is None else _decode_labels(data)


def _packed(labels: PaperLabels) -> bytes:
    body = {
        "ids": [paper_id for paper_id, _ in labels.order],
        "included": "".join("01"[label == "included"] for _, label in labels.order),
    }
    written = zlib.compress(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())
    if len(written) > MOST_ATTACHED or len(labels.order) > MOST_LABELS:
        raise ValueError(f"{len(labels.order):,} labels are more than an index can hold")
    return written


@lru_cache(maxsize=4)
def _decode_labels(data: bytes) -> PaperLabels:
    try:
        body = json.loads(zlib.decompressobj().decompress(data, _LARGEST))
        marks = cast("str", body["included"])
        pairs = zip(body["ids"], marks, strict=True)
        return PaperLabels(tuple((paper_id, LABELS[mark != "1"]) for paper_id, mark in pairs))
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(
            f"the labels of this index cannot be read ({error}); `quiver label` attaches them anew"
        ) from error
