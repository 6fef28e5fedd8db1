"""An alert on a label tells each paper when it first gets the label."""

from __future__ import annotations

from indexer import load_config
from indexer.alerts.alert import Alert, Target, WatchedPage
from indexer.alerts.comparison import baseline, compare
from indexer.paper import Paper
from indexer.results import Changes
from indexer.reviews.labels import PaperLabels, attach_labels
from tests.oracle import MemoryIndex
from webui.alert_pages import site_pages


def test_a_paper_is_told_when_it_gets_the_label() -> None:
    index = MemoryIndex.of((Paper("a1", "Gossip"), Paper("b2", "Gossip again")))
    with index.writer() as writer:
        attach_labels(writer, PaperLabels((("a1", "included"),)))
    alert = Alert("a", "search", (Target("stdout"),), parameters=(("q", "label:included"),))
    pages = site_pages(load_config())
    with index.searcher() as searcher:
        first = pages.watched(alert, searcher)
        known = baseline(first, searcher).digests
        by_word = Alert("b", "search", alert.targets, parameters=(("q", "gossip"),))
        assert first.is_by_label
        assert not pages.watched(by_word, searcher).is_by_label
    with index.writer() as writer:
        attach_labels(writer, PaperLabels((("a1", "included"), ("b2", "included"))))
    with index.searcher() as searcher:
        page = pages.watched(alert, searcher)
        unchanged = Changes((), (), ())
        assert [paper.id for paper in compare(page, searcher, known, unchanged).new] == ["b2"]
        plain = WatchedPage(page.title, page.address, page.ids)
        assert not compare(plain, searcher, known, unchanged).new
