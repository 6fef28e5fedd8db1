"""The collected cases of words, scripts, signs and years, where the shared folder is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import Searcher, build_index, open_index, parse_query

CASES = (
    *((99, text, "m1 m2") for text in "matrix matrices analysis analyses mouse mice".split()),
    *((100, text, "b1 b2") for text in "colour color behaviour behavior".split()),
    *((100, text, "b1 b2") for text in "optimisation optimization".split()),
    *((102, text, "fa") for text in ("يادگيري", "كتاب", "کتاب")),
    *((102, text, "ar") for text in ("اللغه العربيه", "تعلم", "الاسماء")),
    *((103, text, "ko") for text in ("번역", "학습", "한국어")),
    (105, "😀", "e1"),
    (105, "❤", ""),
    *((106, text, "de r1") for text in ("year:1990s", "year:199*")),
    (106, "year:2019a", "zh"),
)


@pytest.fixture(scope="module")
def searcher(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    dump = shared_data.parent / "cases" / "99-irregular-plurals" / "input.jsonl"
    if not dump.exists():
        pytest.skip("the shared cases (../shared/cases beside the checkout) are not here")
    folder = tmp_path_factory.mktemp("index")
    build_index([str(dump)], open_index(folder))
    with open_index(folder).searcher() as opened:
        yield opened


@pytest.mark.parametrize(("case", "text", "ids"), CASES)
def test_the_case_finds_its_papers(searcher: Searcher, case: int, text: str, ids: str) -> None:
    assert sorted(searcher.ids(parse_query(text))) == ids.split(), case
