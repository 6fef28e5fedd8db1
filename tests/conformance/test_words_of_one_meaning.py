"""Words of one meaning in other forms, scripts and signs: every backend finds the same papers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.search import Searcher
from tests.conformance.backends import Backend

TITLES = {
    "m1": "A matrix analysis of mice",
    "m2": "On matrices and analyses of a mouse",
    "b1": "The colour of behaviour: optimising kites",
    "b2": "The color of behavior: optimizing kites",
    "o1": "The university of kites",
    "o2": "The universe of kites",
    "o3": "Organ kites",
    "o4": "Organization of kites",
    "o5": "Animal kites",
    "o6": "Animated kites",
    "i1": "Hypotheses, criteria and corpora in indices",
    "i2": "A hypothesis, a criterion and a corpus in an index",
    "s1": "Modelling labelled fibres in the centre of a catalogue of anaemia",
    "s2": "Modeling labeled fibers in the center of a catalog of anemia",
    "n1": "Four precise exercises raise noise",
    "ar": "التعلم العميق في معالجة اللغة العربية عن الأسماء",
    "fa": "یادگیری عمیق برای کتاب‌ها",
    "ko": "한국어 번역을 위한 기계 학습",
    "k2": "번호와 역사",
    "th": "การเรียนรู้เชิงลึกสำหรับภาษาไทย",
    "zh": "深度学习在图像识别中的应用",
    "ru": "Глубокое обучение и ёлки",
    "hi": "हिन्दी भाषा में मशीन",
    "g1": "TNF-α and β-catenin in $\\lambda$ calculus",
    "g2": "TNF-alpha and beta-catenin in lambda calculus",
    "a1": "A* search on grids",
    "a2": "A search on grids",
    "c1": "A C++ library",
    "c2": "A C library",
    "r1": "Maps of R^2 into $R^3$",
    "r2": "Maps of R² into R",
    "e1": "Kites make me 😀 in tweets",
    "y1": "Kites of the nineties",
}
YEARS = {"y1": 1996, "o1": 1999, "o2": 2019, "o3": 2000}
FOUND = [
    *((text, "m1 m2") for text in ("matrix", "matrices", "analysis", "analyses", "mouse", "mice")),
    *((text, "i1 i2") for text in ("hypothesis", "criteria", "corpus", "indices", "index")),
    *((text, "b1 b2") for text in ("colour", "behavior", "behaviours", "optimisation", "optimize")),
    *((text, "s1 s2") for text in ("modelling", "labeled", "fibre", "center", "catalogues")),
    ("anaemia", "s1 s2"),
    ("anemia", "s1 s2"),
    ('"matrices"', "m2"),
    ('"mice"', "m1"),
    ('"behaviour"', "b1"),
    ('"color"', "b2"),
    ('"centre"', "s1"),
    ("university", "o1"),
    ("universities", "o1"),
    ("universe", "o2"),
    ("organ", "o3"),
    ("organisations", "o4"),
    ("organized", "o4"),
    ("animals", "o5"),
    ("animation", "o6"),
    *((text, "n1") for text in ("precisely", "raised", "noises", "exercise", "four")),
    ("يادگيري", "fa"),
    ("كتاب", "fa"),
    ("کتاب", "fa"),
    ("کتابها", "fa"),
    ("اللغه العربيه", "ar"),
    ("تعلم", "ar"),
    ("الاسماء", "ar"),
    ("번역", "ko"),
    ("번역은", "ko"),
    ("학습", "ko"),
    ("기계학습", "ko"),
    ("한국어", "ko"),
    ("역사", "k2"),
    ("ภาษาไทย", "th"),
    ("เรียนรู้", "th"),
    ("图像识别", "zh"),
    ("深度学习", "zh"),
    ("глубокого обучения", "ru"),
    ("елка", "ru"),
    ("भाषा", "hi"),
    ("TNF-α", "g1 g2"),
    ("beta catenin", "g1 g2"),
    ("λ", "g1 g2"),
    ("lambda", "g1 g2"),
    ("A*", "a1"),
    ('"A*"', "a1"),
    ('"A* search"', "a1"),
    ("C++", "c1"),
    ("R^2", "r1 r2"),
    ("R²", "r1 r2"),
    ("$R^3$", "r1"),
    ("😀", "e1"),
    ("❤", ""),
    ("❤️ 🎉", ""),
    ("year:1990s", "o1 y1"),
    ("year:199*", "o1 y1"),
    ("year:199x", "o1 y1"),
    ("year:19*", "o1 y1"),
    ("year:90s", "o1 y1"),
    ("year:2019a", "o2"),
    ("year:2019-05-01", "o2"),
    ("year:1996-99", "o1 y1"),
    ("year:~2019", "o2"),
    ("year:>=2019a", "o2"),
    ("year:2O19", "o2"),
    ("year:2000/2019", "o2 o3"),
    ("year:soon", ""),
    ("year:20190", ""),
    ("kites year:last", ""),
    ("kites -year:last", "b1 b2 e1 o1 o2 o3 o4 o5 o6 y1"),
]


@pytest.fixture(scope="module")
def searcher(backend: Backend) -> Iterator[Searcher]:
    papers = [Paper(name, title, year=YEARS.get(name)) for name, title in TITLES.items()]
    with backend.holding(papers) as opened:
        yield opened


@pytest.mark.parametrize(("text", "ids"), FOUND, ids=[text for text, _ in FOUND])
def test_every_form_finds_its_papers(searcher: Searcher, text: str, ids: str) -> None:
    assert sorted(searcher.ids(parse_query(text))) == sorted(ids.split())


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("matrices", "also finds matrix"),
        ("matrix", "also finds matrices"),
        ("behavior", "also finds behaviour"),
        ('"matrix"', ""),
        ("번역을", "without its particle: 번역"),
        ("year:soon", "no paper matches"),
    ],
)
def test_the_receipt_says_how_a_word_was_read(searcher: Searcher, text: str, note: str) -> None:
    if searcher.info().backend == "memory":
        pytest.skip("the oracle writes no notes on forms")
    notes = [clause.note for clause in searcher.search(parse_query(text)).receipt.clauses]
    assert note in notes[0]
    assert bool(notes[0]) == bool(note)
