"""What a reader may choose about references."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.citation.keys import DEFAULT_KEY, check_pattern


@dataclass(frozen=True, slots=True)
class CitationOptions:
    """Choices for one file of references.

    Attributes:
        abstract: write abstracts.
        key: pattern of the citation keys.
        ascii: spell letters beyond ASCII in TeX (BibTeX and biblatex only).
        bom: begin with a byte order mark (CSV only): Excel takes a file without for Windows-1252.

    Raises:
        QueryError: when the pattern holds an unknown part.
    """

    abstract: bool = True
    key: str = DEFAULT_KEY
    ascii: bool = True
    bom: bool = False

    def __post_init__(self) -> None:
        check_pattern(self.key)
