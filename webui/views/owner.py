"""What the owner of a collection adds to the site: colours, a logo, links, a text about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from flask import Blueprint, Flask, Response, abort, current_app
from markupsafe import Markup

from indexer import Config, ConfigError
from webui.presentation.markdown import LONGEST, render_markdown

blueprint = Blueprint("owner", __name__)
_LARGEST_LOGO: Final = 1_000_000
_LOGOS: Final = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}


@dataclass(frozen=True, slots=True)
class Owner:
    """What a site shows of its owner; all of it may be empty.

    Attributes:
        text: about the collection, as HTML.
        links: label and address of each link at the foot of the pages.
        logo: content of the file; `logo_type` is its media type.
        accent: colour of links and buttons, as ``#rrggbb``; `accent_dark` on a dark ground.
    """

    text: Markup
    links: tuple[tuple[str, str], ...] = ()
    logo: bytes = b""
    logo_type: str = ""
    accent: str = ""
    accent_dark: str = ""


def register(app: Flask, config: Config) -> Owner:
    """Reads what the settings name, once, and serves it.

    Raises:
        ConfigError: when a file cannot be read, or is no picture of a known kind.
    """
    web = config.web
    logo, logo_type = _logo(web.logo_file, config.source)
    text = _file(web.about_file, "web.about_file", config.source, LONGEST).decode(
        "utf-8", "replace"
    )
    owner = Owner(
        text=render_markdown(text.removeprefix("\ufeff")),
        links=read_links(web.links),
        logo=logo,
        logo_type=logo_type,
        accent=web.accent.lower(),
        accent_dark=web.accent_dark.lower(),
    )
    app.extensions["quiver.owner"] = owner
    app.register_blueprint(blueprint)
    return owner


@blueprint.get("/logo")
def logo() -> Response:
    """Returns the logo of the site.

    Raises:
        NotFound: when the site has none.
    """
    owner = _owner()
    if not owner.logo:
        abort(404)
    response = Response(owner.logo, content_type=owner.logo_type)
    # A picture opened by itself runs nothing, whatever the file holds.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.cache_control.max_age = 3600
    return response


@blueprint.get("/theme.css")
def theme() -> Response:
    """Returns the colours of the site, as a stylesheet after the common one.

    Raises:
        NotFound: when the site has none of its own.
    """
    owner = _owner()
    if not (owner.accent or owner.accent_dark):
        abort(404)
    rules = []
    if owner.accent:
        rules.append(f":root{{{_colours(owner.accent)}}}")
    dark = owner.accent_dark
    if dark:
        rules.append(f"@media (prefers-color-scheme:dark){{:root{{{_colours(dark)}}}}}")
    elif owner.accent:  # the colour was chosen for a light ground
        rules[0] = f"@media (prefers-color-scheme:light){{{rules[0]}}}"
    response = Response("\n".join(rules) + "\n", content_type="text/css; charset=utf-8")
    response.cache_control.max_age = 3600
    return response


def read_links(text: str) -> tuple[tuple[str, str], ...]:
    """Reads links of the settings: ``Imprint https://example.org/imprint, Library /about``."""
    links = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        *labels, address = part.rsplit(maxsplit=1)
        links.append((labels[0] if labels else address, address))
    return tuple(links)


def _owner() -> Owner:
    return cast(Owner, current_app.extensions["quiver.owner"])


def _colours(accent: str) -> str:
    """Returns the declarations of a colour, and of text on it that can be read (WCAG 1.4.3)."""
    red, green, blue = (int(accent[at : at + 2], 16) / 255 for at in (1, 3, 5))

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    light = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    ink = "#ffffff" if light < 0.179 else "#0c1416"
    return f"--accent:{accent};--accent-ink:{ink};--c1:{accent}"


def _logo(name: str, source: str) -> tuple[bytes, str]:
    kind = _LOGOS.get(Path(name).suffix.lower(), "")
    if name and not kind:
        known = ", ".join(_LOGOS)
        raise ConfigError((f"{source}: web.logo_file: expected a picture ({known}); got {name}",))
    return _file(name, "web.logo_file", source, _LARGEST_LOGO), kind


def _file(name: str, key: str, source: str, largest: int) -> bytes:
    if not name:
        return b""
    try:
        with Path(name).open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise ConfigError((f"{source}: {key}: cannot read {name}: {error.strerror}",)) from None
    if len(content) > largest:
        raise ConfigError((f"{source}: {key}: expected at most {largest:,} bytes in {name}",))
    return content
