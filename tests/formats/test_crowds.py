"""A record longer than what a format is recognised by is read as what it is."""

from __future__ import annotations

import io

import pytest

from indexer.formats import detect
from indexer.formats.json_formats.json_values import sample_objects
from indexer.intake.dump import Dump
from indexer.intake.record import Record
from indexer.intake.unpack import Counted, unpack
from tests.formats.test_fuzz import FORMATS
from tests.stress.crowds import CROWDS

AUTHORS = 30_000


@pytest.mark.parametrize(
    ("name", "format"), [("csl.json", "crossref"), ("datacite.json", "datacite")]
)
def test_a_record_of_many_authors_keeps_them(name: str, format: str) -> None:
    data = CROWDS[name].of(AUTHORS)
    ((inside, content),) = unpack(name, Counted(io.BytesIO(data)))
    dump = Dump(inside, content)
    detected = detect(dump, FORMATS)
    assert detected is not None
    assert detected.name == format
    (record,) = (item for item in detected.read(dump) if isinstance(item, Record))
    assert record.authors[:2] == ("A B", "A B")


def test_the_cut_field_has_its_whole_items() -> None:
    head = b'[{"id": "a", "author": [{"family": "B"}, {"family": "C"}, {"fam'
    assert sample_objects(head) == ({"id": "a", "author": [{"family": "B"}, {"family": "C"}]},)
    nested = b'{"data": [{"id": "a", "attributes": {"titles": [{"title": "x"}], "creators": [{"a'
    assert sample_objects(nested) == (
        {"id": "a", "attributes": {"titles": [{"title": "x"}], "creators": ""}},
    )


@pytest.mark.parametrize(
    "head", [b'{"a": ' * 5_000, b'{"a": [' * 5_000, b'[{"a": {"b": [' + b"[" * 9_000]
)
def test_what_is_nested_deeply_is_no_error(head: bytes) -> None:
    sample_objects(head)
