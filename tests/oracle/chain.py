"""How two authors are connected, found by asking every paper at every step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indexer.paper import Paper, name_key
from indexer.search import FacetValue


def chain(
    one: str,
    other: str,
    papers: Sequence[Paper],
    authors: Sequence[FacetValue],
    without: Iterable[str] = (),
) -> tuple[str, ...]:
    """Returns the shortest chain as `Searcher.chain` promises it.

    Args:
        one: where it begins.
        other: where it ends.
        papers: all there are.
        authors: all names, as they are shown, with their papers.
        without: names through which it does not lead.
    """
    closed = set(map(name_key, without)) - {name_key(one), name_key(other)}
    bylines = [{name_key(name) for name in paper.authors} - closed for paper in papers]
    shown = {name_key(author.value): author for author in authors}

    def around(keys: set[str]) -> set[str]:
        return {key for byline in bylines if byline & keys for key in byline}

    start, goal = name_key(one), name_key(other)
    if start not in shown or goal not in shown:
        return ()
    levels = [{goal}]
    while start not in levels[-1]:
        reached = around(levels[-1]) - set().union(*levels)
        if not reached:
            return ()
        levels.append(reached)
    found = [start]
    for level in reversed(levels[:-1]):
        nearer = around({found[-1]}) & level
        found.append(min(nearer, key=lambda key: (-shown[key].count, key)))
    return tuple(shown[key].value for key in found)
