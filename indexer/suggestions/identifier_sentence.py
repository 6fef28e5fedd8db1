"""What is said of a search for one paper: it is the one with the DOI …, or none has it."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.query import Clause, Filter, Or, Value, YearRange
from indexer.record.identifier_forms import Identifier, read_identifier
from indexer.search import Results


@dataclass(frozen=True, slots=True)
class IdentifierAnswer:
    """What a search by identifier gave.

    Attributes:
        sentence: for the reader.
        scheme: "doi", "arxiv" and the like; "id" for a paper's own id.
        value: the identifier.
        found: whether a paper of the collection has it.
        address: where the scheme shows the work, for one that is not here; empty where found, or
            where there is no such address.
    """

    sentence: str
    scheme: str
    value: str
    found: bool
    address: str = ""


def identifier_answer(results: Results) -> IdentifierAnswer | None:
    """Returns what to say of a search for one identifier; None for any other search.

    Example:
        "No paper here has the DOI 10.1145/2939672.2939785."
    """
    query = results.query
    asked = _identifier_of(query.clause)
    if asked is None:
        return None
    named = f"the {asked.name} {asked.value}"
    if results.total:
        is_typed = asked.scheme != "id" or asked.value.casefold() in query.text.casefold()
        if not is_typed:
            return IdentifierAnswer(
                "This is the paper that the reference names.", "reference", "", found=True
            )
        papers = (
            "This is the paper" if results.total == 1 else f"These {results.total:,} papers are"
        )
        link = "with" if results.total == 1 else "those with"
        return IdentifierAnswer(f"{papers} {link} {named}.", asked.scheme, asked.value, found=True)
    filtered = query.years != YearRange() or any(
        facet_filter != Filter(facet_filter.field) for facet_filter in query.filters
    )
    where = "under these filters" if filtered else "here"
    sentence = f"No paper {where} has {named}."
    return IdentifierAnswer(sentence, asked.scheme, asked.value, found=False, address=asked.address)


def _identifier_of(clause: Clause | None) -> Identifier | None:
    """Returns the identifier that a clause asks for, of several readings the likeliest."""
    if isinstance(clause, Or) and clause.clauses and all(map(_identifier_value, clause.clauses)):
        clause = clause.clauses[0]
    return None if clause is None else _identifier_value(clause)


def _identifier_value(clause: Clause) -> Identifier | None:
    if not isinstance(clause, Value):
        return None
    if clause.field == "id":
        return Identifier("id", clause.value)
    if clause.field != "identifier" or clause.value.startswith("cat:"):
        return None
    return read_identifier(clause.value)
