"""The label that a query asks for, as a part of its clause: ``label:included``, ``label:none``."""

from __future__ import annotations

from typing import Final

from indexer.query import And, Clause, Not, Value, leaves_of

UNLABELLED: Final = Not(Value("label", "any"))
"""What a paper without a label matches."""


def label_asked(clause: Clause | None) -> str:
    """Returns the label that all papers of a query must have; empty for none.

    >>> label_asked(And((Value("venue", "ICML"), Value("label", "included")))), label_asked(None)
    ('included', '')
    """
    for part in clause.clauses if isinstance(clause, And) else (clause,):
        if isinstance(part, Value) and part.field == "label":
            return part.value
        if part == UNLABELLED:
            return "none"
    return ""


def without_label(clause: Clause | None) -> Clause | None:
    """Returns a clause without the label that all its papers must have; None where it is all.

    >>> without_label(And((Value("venue", "ICML"), UNLABELLED)))
    Value(field='venue', value='ICML')
    """
    if not isinstance(clause, And):
        return None if label_asked(clause) else clause
    kept = tuple(part for part in clause.clauses if not label_asked(part))
    return kept[0] if len(kept) == 1 else And(kept) if kept else None


def unlabelled(clause: Clause | None) -> Clause:
    """Returns a clause that the papers of a clause match which have no label."""
    base = without_label(clause)
    return UNLABELLED if base is None else And((base, UNLABELLED))


def depends_on_labels(clause: Clause | None) -> bool:
    """Returns whether a label is asked for anywhere in a clause.

    >>> depends_on_labels(Not(Value("label", "included"))), depends_on_labels(None)
    (True, False)
    """
    return any(isinstance(leaf, Value) and leaf.field == "label" for leaf in leaves_of(clause))
