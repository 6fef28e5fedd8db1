"""The benchmarks measure what they say: same questions, same papers, ratios of medians."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from indexer.paper import Paper
from tests.bench import corpus, latency, questions, tune
from tests.bench.__main__ import main
from tests.bench.build import build_here
from tests.bench.engines import Hits, engine
from tests.bench.questions import Question

TOPICS = "graph kernel policy sensor grammar vision planning speech robot market".split()


def paper(number: int) -> dict[str, object]:
    """Make a record long enough to draw questions from."""
    words = [TOPICS[(number * step) % 10] + TOPICS[(number + step) % 10] for step in range(1, 20)]
    return {
        "title": f"{TOPICS[number % 10]} {TOPICS[number // 10 % 10]} learning methods",
        "abstract": f"About {' '.join(words)}. We show {' '.join(reversed(words))}.",
        "authors": ["Ann Ace", "Bob Bay"],
        "venue": ("ICML", "NeurIPS")[number % 2],
        "year": 2000 + number % 20,
        "type": "Conference Paper",
    }


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "papers.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(paper(number)) + "\n" for number in range(120))
    return path


@pytest.fixture(scope="session")
def papers(source: Path) -> list[Paper]:
    return corpus.read(source)


def test_the_same_seed_draws_the_same_questions(papers: list[Paper]) -> None:
    drawn = questions.draw(papers, 3, seed=1)

    assert drawn == questions.draw(papers, 3, seed=1)
    assert drawn != questions.draw(papers, 3, seed=2)
    kinds = [question.kind for question in drawn]
    assert len(set(kinds)) == 14
    assert all(kinds.count(kind) == 3 for kind in kinds)


def test_a_grown_collection_begins_with_the_real_papers(papers: list[Paper]) -> None:
    grown = list(corpus.grown(papers, 150, seed=1))

    assert grown[:120] == papers
    assert len({one.id for one in grown}) == 150
    assert grown == list(corpus.grown(papers, 150, seed=1))
    assert all(one.abstract and one.title for one in grown)


def test_ratios_are_of_the_medians_of_a_round() -> None:
    now = 0.0

    def clock() -> float:
        return now

    def taking(seconds: float) -> latency.Answer:
        def answer(question: Question) -> Hits | None:
            nonlocal now
            now += seconds
            return None if question.kind == "no" else (7, [], {})

        return answer

    asked = [Question("kw", ("a",)), Question("kw", ("b",)), Question("no", ("c",))]
    found = latency.measure({"us": taking(1), "them": taking(3)}, asked, 2, "us", clock)

    assert [(one.engine, one.kind) for one in found] == [("us", "kw"), ("them", "kw")]
    assert found[1].ratios == pytest.approx((3, 3))
    assert found[1].p50 == pytest.approx(3000)
    assert found[1].found == 7


def test_what_is_asked_first_is_asked_once_of_an_engine_just_opened() -> None:
    now = 0.0
    asked: list[list[str]] = []

    def opened() -> latency.Answer:
        mine: list[str] = []
        asked.append(mine)

        def answer(question: Question) -> Hits | None:
            nonlocal now
            now += 5 if mine else 100
            mine.append(question.words[0])
            return 7, [], {}

        return answer

    drawn = [Question("kw", ("a", "b")), Question("one_common", ("a",))]
    drawn.append(Question("one_common", ("c",)))
    found = latency.measure_first({"us": opened}, drawn, "us", lambda: now)

    assert asked == [["c", "a"], ["c", "a"], ["a", "c"]]
    assert [(one.kind, one.p50) for one in found] == [
        ("kw, first", 5000),
        ("one_common, first", 5000),
    ]


@pytest.mark.parametrize("name", ["quiver", "sqlite", "whoosh"])
def test_an_engine_answers_every_class(
    name: str, source: Path, papers: list[Paper], tmp_path: Path
) -> None:
    made = build_here(name, source, 0, tmp_path, seed=1)
    answer = engine(name).open(tmp_path)

    assert made.papers == 120
    assert made.megabytes > 0
    for question in questions.draw(papers, 2, seed=3):
        hits = answer(question)
        if name == "whoosh" and question.distinct:
            assert hits is None
            continue
        assert hits is not None
        total, titles, venues = hits
        # The filter comes from another paper than the words, so that it may leave none.
        assert total > 0 or total == -1 or question.venue or question.years, question
        assert titles
        assert len(titles) == min(10, total if total > 0 else len(titles))
        if question.facets:
            assert sum(venues.values()) == total


@pytest.mark.slow
def test_the_command(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = tmp_path / "run.json"

    main(
        f"--corpus {source} --only quiver,sqlite --each 1 --rounds 1 --updates 5 --cold "
        f"--json {written}".split()
    )

    shown = capsys.readouterr().out
    run = json.loads(written.read_text(encoding="utf-8"))
    assert "| engine | papers | papers/s |" in shown
    assert {one["engine"] for one in run["builds"]} == {"quiver", "sqlite"}
    assert {one["engine"] for one in run["updates"]} == {"quiver", "sqlite"}
    assert len(run["latencies"]) == 2 * 2 * 14
    assert "| kw, first |" in shown


@pytest.mark.parametrize("constant", tune.CONSTANTS, ids=lambda one: f"{one.module}{one.name}")
def test_a_tuned_constant_says_where_it_comes_from(constant: tune.Constant, checkout: Path) -> None:
    module = checkout / Path(*tune.ENGINE.split("."), *constant.module.split("."))
    text = module.with_suffix(".py").read_text("utf-8")
    docstring = text.partition(f"\n{constant.name}: Final = ")[2].split('"""')[1]
    assert "python -m tests.bench --tune" in " ".join(docstring.split())
    first, second = constant.ways(constant.grid[2])
    first(), second()


def test_a_constant_is_where_two_ways_cross() -> None:
    assert tune.crossing([1, 4, 16], [1, 2, 9], [3, 3, 3]) == 8
    assert tune.crossing([1, 4, 16], [1, 2, 3], [3, 3, 3]) is None
    assert tune.crossing([1, 4, 16], [4, 4, 4], [3, 3, 3]) is None
    ticks = iter(range(10**6))
    derived = tune.derive(tune.CONSTANTS[0], clock=lambda: float(next(ticks)), rounds=1)
    assert [*derived.off_by_two] == [1, 1]
    assert "query.boolean._SEARCHED" in "".join(tune.table([derived]))
