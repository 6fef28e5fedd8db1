"""Papers of Semantic Scholar: JSON lines of its datasets, replies of its API, the old S2 corpus.

See api.semanticscholar.org/api-docs (Graph API and Datasets API).
"""

from __future__ import annotations

from collections.abc import Iterator

from indexer.errors import RecordError
from indexer.formats.json_values import Object, first_object, is_object, read_objects, text, texts
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record
from indexer.paper import CONFERENCE, JOURNAL

_TYPES = (("Conference", CONFERENCE), ("JournalArticle", JOURNAL))


def sniff(head: bytes, name: str) -> bool:
    """Recognise the numbers that Semantic Scholar gives to papers."""
    del name
    record = first_object(head)
    if record is None or "title" not in record:
        return False
    keys = {key.lower() for key in record}
    return not keys.isdisjoint(("paperid", "corpusid", "paperabstract", "externalids")) or (
        "paper_id" in keys
        and not keys.isdisjoint(("arxiv_id", "acl_id", "s2_url", "inbound_citations"))
    )


def read(dump: Dump) -> Iterator[Read]:
    """Read the papers."""
    for item in read_objects(dump):
        yield item if isinstance(item, RecordError) else _record(*item)


def _record(line: int, value: Object) -> Record:
    outer = value.get("externalIds") or value.get("externalids")
    numbers = outer if is_object(outer) else {}
    published = value.get("journal")
    journal = text(published.get("name")) if is_object(published) else text(published)
    kinds = texts(value.get("publicationTypes") or value.get("publicationtypes"))
    own = text(value.get("paperId") or value.get("corpusid") or value.get("corpusId"))
    own = own or text(value.get("paper_id") or value.get("id"))
    return Record(
        line=line,
        id=f"s2:{own}" if own else "",
        title=text(value.get("title")),
        abstract=text(value.get("abstract")) or text(value.get("paperAbstract")),
        authors=_authors(value.get("authors")),
        venue=text(value.get("venue")) or journal or text(value.get("journalName")),
        year=text(value.get("year")) or text(value.get("publicationDate")),
        type=next((kind for name, kind in _TYPES if name in kinds), ""),
        doi=text(numbers.get("DOI")) or text(value.get("doi")),
        url=text(value.get("url")) or text(value.get("s2Url")),
        keywords=texts(value.get("fieldsOfStudy") or value.get("entities")),
    )


def _authors(people: object) -> tuple[str, ...]:
    names: list[str] = []
    for one in people if isinstance(people, list) else ():
        if is_object(one):
            middle = one.get("middle")
            parts = (
                one.get("first"),
                *(middle if isinstance(middle, list) else ()),
                one.get("last"),
            )
            names.append(text(one.get("name")) or " ".join(filter(None, map(text, parts))))
        else:
            names.append(text(one))
    return tuple(names)
