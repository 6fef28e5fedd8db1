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
        ascii: spell letters beyond ASCII in TeX (BibTeX only).

    Raises:
        QueryError: when the pattern holds an unknown part.
    """

    abstract: bool = True
    key: str = DEFAULT_KEY
    ascii: bool = True

    def __post_init__(self) -> None:
        check_pattern(self.key)
