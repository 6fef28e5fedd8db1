"""The options `--meaning`: encoding the papers of an index, and searching by what they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import click
from tqdm import tqdm

from indexer.cli.group import Session
from indexer.errors import ConfigError
from indexer.generations.report import BuildReport
from indexer.search import Index, MeaningIndex, Searcher
from indexer.system.extras import require_extra

meaning_option = click.option(
    "--meaning/--no-meaning",
    default=None,
    help="Encode the papers for searches by meaning; build.meaning by default.",
)

search_meaning_option = click.option(
    "--meaning/--no-meaning",
    default=None,
    help="Order the best papers by words and meaning, or by words alone; search.meaning by "
    "default.",
)


def searching_by_meaning(session: Session, *, option: bool | None) -> Session:
    """Returns the session with another `search.meaning`; None changes nothing."""
    if option is None:
        return session
    search = replace(session.config.search, meaning="on" if option else "off")
    return replace(session, config=replace(session.config, search=search))


def require_vectors(searcher: Searcher) -> None:
    """Checks that an index can be searched by meaning.

    Raises:
        click.ClickException: when it has no vectors.
    """
    if searcher.meaning() is None:
        raise click.ClickException(
            "--meaning: this index has no vectors; `quiver build --meaning DUMP...` adds them"
        )


def meaning_setting(session: Session, *, option: bool | None) -> str:
    """Returns whether papers are to be encoded: "auto", "on" or "off"; before anything is read.

    Raises:
        ExtraMissing: when they are, and the encoder is not installed.
        ConfigError: when they are, and the engine keeps no vectors.
    """
    wanted = session.config.build.meaning
    if option is not None:
        wanted = "on" if option else "off"
    if wanted != "on":
        return wanted
    if session.config.index.backend != "whoosh":
        said = (
            "build.meaning: on needs index.backend: whoosh; the opensearch engine keeps no vectors"
        )
        raise ConfigError((said,))
    if not session.config.meaning.model:
        require_extra("semantic")
    return wanted


def encode_papers(session: Session, index: Index, report: BuildReport, wanted: str) -> BuildReport:
    """Encodes the papers that have no vector yet, as a generation of its own.

    Under "auto" only an index that has vectors gets more, and only where the encoder is installed.

    Args:
        session: of the run.
        index: whose words were just published.
        report: of the build.
        wanted: see `meaning_setting`.

    Returns:
        The report, with the generation that holds the vectors.
    """
    if wanted == "off" or not isinstance(index, MeaningIndex):
        return report
    from indexer.meaning.model import is_installed, load_encoder

    folder = session.config.meaning.model
    if wanted == "auto" and not (index.has_vectors() and is_installed(folder)):
        return report
    encoder = load_encoder(folder, threads=session.config.build.workers)
    with _progress() as advance:
        generation = index.encode_meaning(encoder, advance)
    if generation is None:
        return report
    with index.searcher() as searcher:
        return replace(report, generation=generation, bytes=searcher.info().bytes)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Draws a bar of the papers encoded on stderr, with rate and time left; none without a tty."""
    with tqdm(unit="", desc="encoding", disable=None, leave=False, dynamic_ncols=True) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield advance
