"""``quiver doctor``: is this installation well, and what to do where it is not."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import click

from indexer import __version__
from indexer.cli.group import Session, example, with_session
from indexer.cli.opening import open_session_index
from indexer.cli.terminal import echo_lines
from indexer.errors import IndexMissing, QuiverError
from indexer.system.extras import EXTRAS, has_module, install_command

GOOD: Final = "ok"
NOTE: Final = "note"
BAD: Final = "bad"
LEAST_FREE: Final = 3
"""Times the size of the index that should be free: a build writes runs, spools and the new one."""
LEAST_BYTES: Final = 200_000_000
"""Bytes that should be free beside an index of any size."""
MOST_SKEW: Final = 300.0
"""Seconds that the clocks of this machine and of the disk may differ."""
_PACKAGES: Final = ("click", "flask", "gunicorn", "lxml", "nltk", "numpy", "waitress", "whoosh")
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        about: what it is ("disk").
        state: `GOOD`, `NOTE` (works, but you may want to know) or `BAD`.
        said: what was found, one line.
        remedy: what to do; empty where there is nothing to do.
    """

    about: str
    state: str
    said: str
    remedy: str = ""


@click.command(
    short_help="Check installation and index; say how to fix problems.",
    epilog=example("quiver doctor"),
)
@with_session
def doctor(session: Session) -> None:
    """Check versions, extras, permissions, disk, clock, index and server settings.

    Each problem is reported with its remedy, and the exit code is 1 if there is any. The index is
    opened and searched; `quiver verify` reads all of it.
    """
    findings = examine(session)
    if session.json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            echo_lines(f"{finding.state:<5} {finding.about:<11} {finding.said}")
            if finding.remedy:
                echo_lines(f"{'':<17} {finding.remedy}")
    if any(finding.state == BAD for finding in findings):
        raise click.exceptions.Exit(1)


def examine(session: Session) -> list[Finding]:
    """Returns what was found, in the order of the report; an examination never raises."""
    examinations: list[Callable[[Session], Iterator[Finding]]] = [_versions, _extras]
    if _in_process(session):
        examinations += [_folder, _disk, _clock]
    findings: list[Finding] = []
    for look in (*examinations, _index, _server):
        try:
            findings += look(session)
        except (OSError, QuiverError) as error:
            findings.append(Finding(look.__name__.strip("_"), BAD, str(error)))
    return findings


def _in_process(session: Session) -> bool:
    """Returns whether the index is files of this machine; not where it cannot be told."""
    try:
        return open_session_index(session).in_process
    except QuiverError:  # `_index` says why
        return False


def _versions(session: Session) -> Iterator[Finding]:
    del session
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("quiver", GOOD, f"{__version__}, Python {python} on {sys.platform}")
    versions = []
    for name in _PACKAGES:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    yield Finding("packages", GOOD, ", ".join(versions))


def _extras(session: Session) -> Iterator[Finding]:
    for extra, modules in EXTRAS.items():
        absent = [name for name in modules if not has_module(name)]
        if not absent:
            yield Finding("extra", GOOD, f"{extra}: {', '.join(modules)}")
            continue
        needed = extra == session.config.index.backend  # named after the engine that needs it
        said = f"{extra}: {', '.join(absent)} not installed"
        yield Finding("extra", BAD if needed else NOTE, said, install_command(extra))
    kernels = session.config.search.kernels
    compiled = kernels != "numpy" and has_module("numba")
    said = f"search.kernels: {kernels}; searches run on {'numba' if compiled else 'NumPy'}"
    yield Finding("kernels", GOOD, said)


def _existing(folder: Path) -> Path:
    """Returns the folder, or the nearest one above it that is there."""
    folder = folder.absolute()
    return next((parent for parent in (folder, *folder.parents) if parent.is_dir()), folder)


def _folder(session: Session) -> Iterator[Finding]:
    folder = _existing(session.directory)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield Finding(
            "folder",
            BAD,
            f"{folder}: cannot be written: {error.strerror or error}",
            "searching works; to build, change its permissions or give another with --index",
        )
        return
    mode = folder.stat().st_mode
    if os.name == "posix" and mode & 0o002 and not mode & 0o1000:
        yield Finding(
            "folder",
            BAD,
            f"{folder}: everyone on this machine can write to it",
            f"chmod o-w {folder}",
        )
        return
    yield Finding("folder", GOOD, f"{folder}: can be written")


def _disk(session: Session) -> Iterator[Finding]:
    folder = _existing(session.directory)
    free = shutil.disk_usage(folder).free
    size = sum(file.stat().st_size for file in session.directory.glob("generations/g*/*"))
    needed = max(LEAST_BYTES, LEAST_FREE * size)
    said = f"{free / 1e9:,.1f} GB free, {size / 1e6:,.1f} MB of generations"
    if free < needed:
        remedy = f"make room: a build may need {needed / 1e9:,.1f} GB; or lower build.keep"
        yield Finding("disk", BAD, said, remedy)
    else:
        yield Finding("disk", GOOD, said)


def _clock(session: Session) -> Iterator[Finding]:
    """Compares with the disk's clock, which may be a server's, and with the newest generation."""
    folder = _existing(session.directory)
    if not os.access(folder, os.W_OK):
        return
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".quiver-") as file:
        skew = time.time() - os.fstat(file.fileno()).st_mtime
    if abs(skew) > MOST_SKEW:
        said = f"the disk's clock differs by {abs(skew):,.0f} s"
        yield Finding("clock", BAD, said, "set the clock, or use NTP")
    else:
        yield Finding("clock", GOOD, f"{datetime.now(UTC).isoformat(timespec='seconds')}")


def _index(session: Session) -> Iterator[Finding]:
    from indexer import Query

    index = open_session_index(session)
    try:
        with index.searcher() as searcher:
            info = searcher.info()
            searcher.search(Query(per_page=1), facets=())
            damage = searcher.integrity.fallback_reason
    except IndexMissing:
        remedy = "`quiver build DUMP` makes one"
        yield Finding("index", NOTE, f"{session.place}: no index yet", remedy)
        return
    if damage:
        remedy = "`quiver rollback` publishes a whole generation, `quiver build` makes a new one"
        yield Finding("index", BAD, damage, remedy)
        return
    built = datetime.fromisoformat(info.built)
    said = f"{session.place}: {info.papers:,} papers, generation {info.generation}"
    if (built - datetime.now(UTC)).total_seconds() > MOST_SKEW:
        yield Finding("index", BAD, f"{said}, published in the future", "set the clock")
    else:
        yield Finding("index", GOOD, f"{said}, published {info.built}")


def _server(session: Session) -> Iterator[Finding]:
    web = session.config.web
    behind = "gunicorn" if has_module("fcntl") and has_module("gunicorn") else "waitress"
    if not has_module(behind):
        yield Finding("server", BAD, f"{behind} is not installed", f"pip install {behind}")
        return
    said = f"{behind} at {web.host}:{web.port}"
    if web.host in _LOOPBACK:
        yield Finding("server", GOOD, f"{said}, for this machine and a proxy on it")
    elif not web.requests_per_minute:
        yield Finding(
            "server",
            NOTE,
            f"{said}, open to other machines, without a request limit",
            "set web.requests_per_minute, or put a proxy before it that limits",
        )
    else:
        yield Finding("server", GOOD, f"{said}, open to other machines")
