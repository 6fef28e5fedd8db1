"""The verbs of the command line that need no web: option parsing and printing only.

`webui.cli` adds ``serve`` to them and is the command ``quiver``.
"""

from indexer.analysis import leave_out_scipy
from indexer.cli.alert import AlertOptions, tell
from indexer.cli.assistant import mcp
from indexer.cli.building import build, check, formats, update
from indexer.cli.diff import diff
from indexer.cli.doctor import doctor
from indexer.cli.duplicates import duplicates
from indexer.cli.evaluation import evaluate
from indexer.cli.evaluation_of_authors import evaluate_authors
from indexer.cli.export import export
from indexer.cli.group import (
    OWN_PROCESS,
    Session,
    VerbGroup,
    example,
    verb_group,
    with_session,
)
from indexer.cli.harvest import harvest
from indexer.cli.keeping import rollback, verify
from indexer.cli.label import label
from indexer.cli.migrate import migrate
from indexer.cli.opening import open_searcher, open_session_index
from indexer.cli.people import path
from indexer.cli.reading import author, info, show
from indexer.cli.references import references
from indexer.cli.screen import screen
from indexer.cli.search import search
from indexer.cli.settings import config
from indexer.cli.terminal import echo_lines, hit_lines
from indexer.cli.translate import translate
from indexer.cli.versions import versions
from indexer.serialization.json_objects import hit_json
from indexer.system.extras import has_module
from indexer.system.platform import write_utf8

VERBS = (
    build,
    update,
    check,
    migrate,
    harvest,
    search,
    show,
    author,
    path,
    export,
    label,
    screen,
    translate,
    references,
    mcp,
    info,
    versions,
    duplicates,
    diff,
    verify,
    rollback,
    evaluate,
    evaluate_authors,
    formats,
    config,
    doctor,
)
"""In the order of the help."""

__all__ = [
    "OWN_PROCESS",
    "VERBS",
    "AlertOptions",
    "Session",
    "VerbGroup",
    "echo_lines",
    "example",
    "has_module",
    "hit_json",
    "hit_lines",
    "leave_out_scipy",
    "open_searcher",
    "open_session_index",
    "tell",
    "verb_group",
    "with_session",
    "write_utf8",
]
