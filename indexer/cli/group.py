"""What all verbs share: the options every one has, examples in help, errors worded for people."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Concatenate, TypeVar

import click

from indexer import __version__
from indexer.config import Config, load_config
from indexer.errors import QueryError, QuiverError

R = TypeVar("R")
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Session:
    """What one run of a verb was told by the options that every verb has.

    Attributes:
        config: the settings, with ``--index`` laid over them.
        json: print JSON for machines.
    """

    config: Config
    json: bool

    @property
    def directory(self) -> Path:
        """Folder of the index, where its engine has one."""
        return Path(self.config.index.dir)

    @property
    def place(self) -> str:
        """Where the index is, for the reader."""
        cluster = self.config.cluster
        on_cluster = self.config.index.backend == "opensearch"
        return f"{cluster.name} at {cluster.hosts}" if on_cluster else str(self.directory)

    def waiting(self, seconds: float | None) -> Session:
        """Give the same with another time to wait for writers; None changes nothing."""
        if seconds is None:
            return self
        build = replace(self.config.build, wait=seconds)
        return Session(replace(self.config, build=build), self.json)

    def shrinking(self, *, allowed: bool) -> Session:
        """Give the same where the index may lose any share of its papers; False changes nothing."""
        if not allowed:
            return self
        build = replace(self.config.build, most_lost=1.0)
        return Session(replace(self.config, build=build), self.json)


@dataclass(frozen=True, slots=True)
class _Given:
    """The options every verb has, as given before the verb."""

    index: str | None = None
    config: str | None = None
    json: bool = False


class VerbGroup(click.Group):
    """A group of verbs whose failures are sentences, never tracebacks.

    Exit code 1 is failed, 2 misused: a wrong option, or a value that has no meaning.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Give the verbs in the order in which they were added."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; word what a person can mend."""
        try:
            return super().invoke(ctx)
        except QueryError as error:
            raise click.UsageError(str(error), ctx) from error
        except QuiverError as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            raise click.ClickException("stopped; nothing is half written") from None
        except BrokenPipeError:
            raise  # the reader of our output has left; click exits without a word
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{where}{error.strerror or error}") from error


def verb_group(name: str, about: str, *verbs: click.Command) -> VerbGroup:
    """Make a command of verbs, with the options that every verb has before the verb, too.

    Args:
        name: what is typed in the shell.
        about: help text of the whole.
        verbs: in the order of the help.
    """

    @_shared
    @click.version_option(__version__)
    @click.pass_context
    def begin(
        ctx: click.Context, index_dir: str | None, config_file: str | None, *, as_json: bool
    ) -> None:
        ctx.obj = _Given(index_dir, config_file, as_json)

    parameters: list[click.Parameter] = getattr(begin, "__click_params__", [])[::-1]
    group = VerbGroup(name, callback=begin, params=parameters, help=about)
    for verb in verbs:
        group.add_command(verb)
    return group


def with_session(function: Callable[Concatenate[Session, ...], R]) -> Callable[..., R]:
    """Give a verb ``--index``, ``--config`` and ``--json``, and hand it the `Session` first.

    Each may also stand before the verb; after it, it goes first. Stand this decorator nearest to
    the function, so that its options end the list in the help.
    """

    @functools.wraps(function)
    def wrapped(**options: Any) -> R:
        given = click.get_current_context().find_object(_Given) or _Given()
        index = options.pop("index_dir") or given.index
        config = load_config(options.pop("config_file") or given.config, {"index.dir": index})
        json = options.pop("as_json") or given.json
        return function(Session(config, json), **options)

    return _shared(wrapped)


def example(*lines: str) -> str:
    """Write the end of a help text: commands that run as they stand."""
    body = "\n".join(f"  {line}" for line in lines)
    return f"\b\nExample:\n{body}"


def _shared(function: Function) -> Function:
    """Declare the options that every verb has."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines."),
        click.option(
            "--config",
            "config_file",
            metavar="FILE",
            envvar="QUIVER_CONFIG",
            help="Your settings, as YAML; `quiver config --defaults` shows every key.",
        ),
        click.option(
            "--index",
            "index_dir",
            metavar="DIR",
            envvar="QUIVER_INDEX",
            help="Folder of the index; data/index unless the settings say otherwise.",
        ),
    ):
        function = option(function)
    return function
