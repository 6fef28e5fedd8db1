"""The application factory: one Flask app over one index."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from flask import Flask, url_for
from markupsafe import Markup

from indexer import Config, Index, Paper, load_config, load_venues, name_slug, open_index, plain
from webui.http import (
    access,
    compression,
    cross_origin,
    error_pages,
    form_limits,
    metrics,
    proxies,
    rate_limit,
    render_queue,
    request_context,
    response_cache,
    security_headers,
)
from webui.http.searcher_pool import Snapshots
from webui.presentation import fast_html, hit_list
from webui.presentation.hit import Entry, kind
from webui.presentation.results_page import VersionLink
from webui.urls.query_params import Params
from webui.urls.url_builder import AddressConverter
from webui.views import (
    advanced,
    api_description,
    arxiv_api,
    assistant,
    coauthor_path,
    duplicates,
    exports,
    feeds,
    health,
    json_api,
    oai,
    owner,
    papers,
    references,
    screening,
    search,
    search_diff,
    shelf,
    similar,
    sitemap,
    suggest,
    topics,
    translations,
    trends,
)
from webui.views.owner import Owner


def create_app(config: Config | None = None, *, index: Index | None = None) -> Flask:
    """Create the application; nothing is opened before the first request.

    Args:
        config: settings; the defaults where None.
        index: where to search; the index that the settings name where None.
    """
    config = config or load_config()
    if index is None:
        index = open_index(config.index.dir, config=config)
    app = Flask(__name__)
    app.url_map.merge_slashes = False
    app.url_map.converters["address"] = AddressConverter
    app.json.sort_keys = False  # type: ignore[attr-defined] # the provider of Flask itself
    params = Params(per_page=config.search.per_page, max_per_page=config.search.max_per_page)
    form_limits.register(app)
    request_context.register(app, Snapshots(index), params, load_venues(config.build.venues))
    error_pages.register(app, f"quiver build DUMP --index {config.index.dir}")
    for views in (
        *(search, screening, advanced, papers, coauthor_path, exports, json_api),
        *(api_description, feeds, shelf, similar, duplicates, topics, translations, suggest),
        *(arxiv_api, sitemap, health),
    ):
        app.register_blueprint(views.blueprint)
    references.register(app)
    search_diff.register(app)
    trends.register(app)
    if config.web.oai:
        oai.register(app, config.web.title, config.web.contact)
    if config.web.mcp:
        assistant.register(app, config.web.title, config.web.public_url)
    with app.app_context():
        _add_words(app, config.web.title, owner.register(app, config))
    security_headers.register(app)
    app.extensions["quiver.private"] = access.is_private(config)
    cross_origin.register(app, private=access.is_private(config))
    proxies.register(app, config.web.trusted_proxies, config.web.public_url)
    access.register(app, config)
    metrics.register(app)
    rate_limit.register(app, config.web.requests_per_minute)
    exports.register(app, config.web.max_export)
    response_cache.register(app, config.web.page_cache * 1_000_000)
    compression.register(app)
    if index.in_process:  # a page of a cluster mostly waits for the network
        render_queue.register(app)
    return app


def _add_words(app: Flask, title: str, owner: Owner) -> None:
    """Add the variables and functions that all templates use."""
    folder = Path(app.static_folder or "")

    @cache
    def fingerprint(name: str) -> str:
        return hashlib.blake2b((folder / name).read_bytes(), digest_size=6).hexdigest()

    def static(name: str, *, external: bool = False) -> str:
        """Address a file so that a browser keeps it until it changes."""
        if external:
            return url_for("static", filename=name, v=fingerprint(name), _external=True)
        return request_context.addresses().write("static", filename=name, v=fingerprint(name))

    writer = request_context.addresses().writer

    def kicker(paper: Paper, links: str = "") -> Markup:
        return hit_list.kicker(paper, writer("records.venue", "slug"), links=links)

    def hit_items(
        entries: Sequence[Entry],
        others: Mapping[str, Sequence[VersionLink]],
        *,
        selectable: bool,
        compact: bool,
        text: str,
    ) -> Markup:
        def shelf(paper_id: str) -> str:
            return request_context.address("keeping.shelf", id=paper_id)

        listed = hit_list.HitList(others, selectable, compact, text, writer, shelf)
        return hit_list.hit_items(entries, listed)

    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        site=title,
        owner=owner,
        url_for=request_context.addresses().write,
        slug=name_slug,
        static=static,
        timed_out=request_context.timed_out,
        kind=kind,
        minute=_minute,
        plain=plain,
        carried=request_context.carried,
        choices=fast_html.choices,
        coauthor_items=fast_html.coauthor_items,
        elsewhere=hit_list.elsewhere,
        text_attributes=hit_list.text_attributes,
        shortened_venue=hit_list.shortened_venue,
        kicker=kicker,
        hit_items=hit_items,
        columns=fast_html.columns,
        years_table=fast_html.years_table,
        address_writer=writer,
    )


def _minute(moment: str) -> str:
    """Write a moment of ISO 8601 in UTC for people; leave any other text as it is.

    >>> _minute("2026-11-30T19:13:24+00:00"), _minute("2026-11-30T19:13:24Z")
    ('2026-11-30 19:13 UTC', '2026-11-30 19:13 UTC')
    """
    day, middle, time = moment.partition("T")
    return f"{day} {time[:5]} UTC" if middle and time.endswith(("Z", "+00:00")) else moment
