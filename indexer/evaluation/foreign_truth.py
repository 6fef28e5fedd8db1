"""Truth files of other collections: WhoIsWho of AMiner, and S2AND of Semantic Scholar.

WhoIsWho (Chen et al. 2023, https://arxiv.org/abs/2302.11848): one JSON object, by name ("li_guo")
the ids of its people, by person the ids of the papers. The author of a paper that is meant is the
one with the same words in any order.

S2AND (Subramanian et al. 2021, https://arxiv.org/abs/2103.07534): ``…_signatures.json``, by
signature the paper and the place of the author, and ``…_clusters.json``, by person the signatures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from indexer.errors import DumpError
from indexer.evaluation.ground_truth import Identity, Truth
from indexer.paper import Paper, name_key
from indexer.text.folding import fold

_MOST_BYTES: Final = 1 << 30


def is_foreign(path: str) -> bool:
    """Returns whether a truth file is one JSON object over several lines or with nested people.

    The truth of Quiver is JSON lines, each with the key "paper".
    """
    if not path.endswith(".json") and not Path(path).is_dir():
        return False
    return Path(path).is_dir() or isinstance(_loaded(Path(path)), dict)


def read_foreign_truth(path: str, paper: Callable[[str], Paper | None]) -> Truth:
    """Reads a WhoIsWho file, or a folder or clusters file of S2AND.

    Args:
        path: of the file, or the folder with the two files of S2AND.
        paper: returns the paper of an id.

    Raises:
        DumpError: when it is neither.
    """
    place = Path(path)
    if place.is_dir() or place.name.endswith("clusters.json"):
        return _read_s2and(place, paper)
    truth = Truth()
    for name, people in _loaded(place).items():
        if not isinstance(people, dict):
            raise DumpError(path, 0, f"{name!r}: expected people by id, each with a list of papers")
        for person, papers in people.items():
            for paper_id in papers if isinstance(papers, list) else ():
                _add_named(
                    truth, paper(str(paper_id)), str(paper_id), name.replace("_", " "), str(person)
                )
    return truth


def _read_s2and(place: Path, paper: Callable[[str], Paper | None]) -> Truth:
    folder = place if place.is_dir() else place.parent
    prefix = "" if place.is_dir() else place.name.removesuffix("clusters.json")
    signatures = _loaded(_only(folder, f"{prefix}*signatures.json"))
    clusters = _loaded(_only(folder, f"{prefix}*clusters.json"))
    truth = Truth()
    for person, cluster in clusters.items():
        for signature in cluster.get("signature_ids", ()):
            meant = signatures.get(signature)
            if meant is None:
                continue
            paper_id = str(meant["paper_id"])
            record = paper(paper_id)
            at = meant["author_info"].get("position")
            if record is not None and isinstance(at, int) and 0 <= at < len(record.authors):
                key = name_key(record.authors[at])
                truth.known[key][paper_id] = Identity("person", str(person))
    return truth


def _add_named(truth: Truth, paper: Paper | None, paper_id: str, name: str, person: str) -> None:
    """Adds the author of a paper whose words are those of a name; nobody where two have them."""
    if paper is None:
        return
    wanted = _words(name)
    keys = {name_key(author) for author in paper.authors if _words(author) == wanted}
    if len(keys) == 1:
        truth.known[keys.pop()][paper_id] = Identity("person", person)


def _words(name: str) -> tuple[str, ...]:
    return tuple(sorted(fold(name).text.replace("-", " ").replace(".", " ").split()))


def _only(folder: Path, pattern: str) -> Path:
    files = sorted(folder.glob(pattern))
    if len(files) != 1:
        raise DumpError(str(folder), 0, f"expected one file {pattern}; there are {len(files)}")
    return files[0]


def _loaded(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise DumpError(str(path), 0, "is larger than 1 GB; split it")
        loaded: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DumpError(str(path), 0, f"cannot be read as JSON: {error}") from error
    return loaded
