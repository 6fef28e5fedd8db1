"""``quiver config``: see, check and begin a file of settings."""

from __future__ import annotations

import json

import click
import yaml

from indexer.cli.group import Session, example, with_session
from indexer.cli.terminal import echo_lines
from indexer.configuration.config import config_values, defaults_text, load_config


@click.command(
    short_help="Print the settings in effect, or check a settings file.",
    epilog=example("quiver config --defaults"),
)
@click.argument("file", required=False, type=click.Path())
@click.option("--defaults", is_flag=True, help="Print the commented reference of every key.")
@with_session
def config(session: Session, file: str | None, *, defaults: bool) -> None:
    """Print the settings in effect; with FILE, check it first and report every error in it.

    A line that differs from the default says so.
    """
    if defaults:
        click.echo(defaults_text(), nl=False)
        return
    checked = load_config(file) if file is not None else session.config
    values = config_values(checked)
    if session.json:
        click.echo(json.dumps(values, ensure_ascii=False))
        return
    usual = config_values(load_config())
    for section, settings in values.items():
        click.echo(f"{section}:")
        for key, value in settings.items():
            written = yaml.safe_dump({key: value}, allow_unicode=True).strip()
            default = usual[section][key]
            note = "" if value == default else f"  # default: {json.dumps(default)}"
            echo_lines(*f"  {written}{note}".split("\n"))
    if checked.source:
        echo_lines(f"{checked.source}: no errors.", err=True)
