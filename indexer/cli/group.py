"""What all verbs share: the options every one has, examples in help, errors worded for people."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Concatenate, Final, TypeVar

import click

from indexer import __version__
from indexer.cli.terminal import printable
from indexer.configuration.config import Config, load_config
from indexer.errors import QueryError, QuiverError
from indexer.system.priority import stand_back

overwrite_option = click.option(
    "--overwrite",
    is_flag=True,
    help="Replace the output file even if this option did not write it.",
)

R = TypeVar("R")
Function = TypeVar("Function", bound=Callable[..., Any])

OWN_PROCESS: Final = "own process"
"""Click's ``obj`` for a command that has the process for itself, as one that a shell starts."""


@dataclass(frozen=True, slots=True)
class Session:
    """What one run of a verb was told by the options that every verb has.

    Attributes:
        config: the settings, with ``--index`` laid over them.
        json: print JSON for machines.
        read_config: reads the settings again from where they were read.
        own_process: whether the verb is all that the process does.
    """

    config: Config
    json: bool
    read_config: Callable[[], Config] = load_config
    own_process: bool = False

    def reload(self) -> Config:
        """Returns the settings as they are now, the options of this run laid over them.

        Raises:
            ConfigError: when they have a fault.
        """
        return self.read_config()

    def stand_back(self) -> None:
        """Lowers the priority of a command that writes an index, as ``build.nice`` says."""
        if self.own_process:
            stand_back(self.config.build.nice)

    @property
    def directory(self) -> Path:
        """Folder of the index, where its engine has one."""
        return Path(self.config.index.dir)

    @property
    def place(self) -> str:
        """Where the index is, for the reader."""
        from indexer import open_index

        return open_index(self.directory, config=self.config).place

    @property
    def settings_files(self) -> tuple[str, ...]:
        """Files that the settings are in or name, which no output may take the place of."""
        config = self.config
        build, cluster, alerts, web = config.build, config.cluster, config.alerts, config.web
        secrets = (
            *(cluster.password_file, cluster.ca_file, cluster.cert_file, cluster.key_file),
            *(alerts.smtp_password_file, alerts.smtp_ca_file, web.password_file),
        )
        curated = (build.venues, build.authors, build.duplicates, build.labels)
        files = (config.source, *curated, *secrets, web.about_file, web.logo_file)
        return tuple(file for file in files if file)

    def waiting(self, seconds: float | None) -> Session:
        """Returns the session with another time to wait for writers; None changes nothing."""
        if seconds is None:
            return self
        build = replace(self.config.build, wait=seconds)
        return replace(self, config=replace(self.config, build=build))

    def shrinking(self, *, allowed: bool) -> Session:
        """Returns the session with an index that may lose any share of its papers, if allowed."""
        if not allowed:
            return self
        build = replace(self.config.build, most_lost=1.0)
        return replace(self, config=replace(self.config, build=build))


@dataclass(frozen=True, slots=True)
class _GlobalOptions:
    """The options every verb has, as given before the verb."""

    index: str | None = None
    config: str | None = None
    json: bool = False
    own_process: bool = False
    verbose: bool = False


class VerbGroup(click.Group):
    """A group of verbs whose failures are sentences, never tracebacks.

    Exit code 1 is failed, 2 misused: a wrong option, or a value that has no meaning.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Returns the commands in the order in which they were added."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the verb; word what a person can mend."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            error.args = (printable(error.message),)
            object.__setattr__(error, "message", printable(error.message))  # declared final
            raise
        except QueryError as error:
            raise click.UsageError(printable(str(error)), ctx) from error
        except QuiverError as error:
            raise click.ClickException(printable(str(error))) from error
        except KeyboardInterrupt:
            raise click.ClickException("stopped; no file is left half written") from None
        except BrokenPipeError:
            raise  # the reader of our output has left; click exits without a word
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            told = printable(f"{where}{error.strerror or error}")
            raise click.ClickException(told) from error


def verb_group(name: str, about: str, *verbs: click.Command) -> VerbGroup:
    """Returns a command of subcommands that accepts their shared options before them, too.

    Args:
        name: what is typed in the shell.
        about: help text of the whole.
        verbs: in the order of the help.
    """

    @_shared
    @click.version_option(__version__)
    @click.pass_context
    def begin(
        ctx: click.Context,
        index_dir: str | None,
        config_file: str | None,
        *,
        as_json: bool,
        verbose: bool,
    ) -> None:
        own_process = ctx.obj is OWN_PROCESS
        ctx.obj = _GlobalOptions(index_dir, config_file, as_json, own_process, verbose)

    parameters: list[click.Parameter] = getattr(begin, "__click_params__", [])[::-1]
    group = VerbGroup(name, callback=begin, params=parameters, help=about)
    for verb in verbs:
        group.add_command(verb)
    return group


def with_session(function: Callable[Concatenate[Session, ...], R]) -> Callable[..., R]:
    """Adds the shared options to a command, and passes it the `Session` first.

    Each may also stand before the verb; after it, it goes first. Stand this decorator nearest to
    the function, so that its options end the list in the help.
    """

    @functools.wraps(function)
    def wrapped(**options: Any) -> R:
        given = click.get_current_context().find_object(_GlobalOptions) or _GlobalOptions()
        index = options.pop("index_dir") or given.index
        file = options.pop("config_file") or given.config
        json = options.pop("as_json") or given.json
        if options.pop("verbose") or given.verbose:
            _show_log()

        def read_config() -> Config:
            return load_config(file, {"index.dir": index})

        session = Session(read_config(), json, read_config, given.own_process)
        return function(session, **options)

    return _shared(wrapped)


class _PrintableFormatter(logging.Formatter):
    """Formats log records without control characters: names of files must not steer a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the line of a record."""
        return printable(super().format(record))


def _show_log() -> None:
    """Writes what the engine logs to stderr, until the command ends."""
    logger = logging.getLogger("indexer")
    handler = logging.StreamHandler()
    handler.setFormatter(_PrintableFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)

    def hide() -> None:
        logger.removeHandler(handler)
        logger.setLevel(level)

    click.get_current_context().call_on_close(hide)


def example(*lines: str) -> str:
    """Writes the end of a help text: commands that run as they stand."""
    body = "\n".join(f"  {line}" for line in lines)
    return f"\b\nExample:\n{body}"


def _shared(function: Function) -> Function:
    """Declares the options that every verb has."""
    for option in (
        click.option(
            "--verbose",
            is_flag=True,
            envvar="QUIVER_VERBOSE",
            help="Log what the engine does to standard error.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option(
            "--config",
            "config_file",
            metavar="FILE",
            envvar="QUIVER_CONFIG",
            help="Your settings (YAML); `quiver config --defaults` shows every key.",
        ),
        click.option(
            "--index",
            "index_dir",
            metavar="DIR",
            envvar="QUIVER_INDEX",
            help="Folder of the index; data/index unless set otherwise.",
        ),
    ):
        function = option(function)
    return function
