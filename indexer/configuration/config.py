"""Settings: `defaults.yaml`, overlaid by the user's YAML, overlaid by options; frozen once read.

`defaults.yaml` is the reference of every key. Whatever is wrong is found before anything runs, and
all of it is said at once: file, key path, expected, got, the nearest key, the line.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from indexer.configuration.networks import (
    are_links,
    are_networks,
    is_colour,
    is_email,
    is_header,
    is_host,
    is_mailbox,
    is_site_address,
)
from indexer.configuration.yaml_settings import (
    Choice,
    Numbers,
    Optional,
    Scalar,
    Setting,
    Text,
    nearest,
    read_settings,
    wording,
)
from indexer.errors import ConfigError
from indexer.ranking import Ranking


@dataclass(frozen=True, slots=True)
class IndexConfig:
    """Where the index is and what holds it.

    Attributes:
        dir: folder, relative to the current one.
    """

    dir: str
    backend: str


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """Where the cluster is, for `index.backend: opensearch`; see `defaults.yaml`.

    Attributes:
        hosts: addresses, a comma between them.
    """

    hosts: str
    name: str
    shards: int
    replicas: int
    build_replicas: int
    user: str
    password_file: str
    ca_file: str
    cert_file: str
    key_file: str
    timeout: float
    bulk_timeout: float
    retries: int
    batch: int
    grace: float


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """What a page holds where the request does not say, and how it is found.

    Attributes:
        timeout: seconds of work after which a page is answered with what it has found.
        kernels: which inner loops the embedded engine uses: auto, numpy or numba.
        meaning: whether likeness of meaning orders the best hits: auto (where the index has
            vectors and the encoder is installed), on (the encoder must be installed) or off.
    """

    per_page: int
    max_per_page: int
    timeout: float
    kernels: str
    meaning: str


@dataclass(frozen=True, slots=True)
class BuildConfig:
    """How dumps are read and generations kept.

    Attributes:
        strict: stop at the first bad record.
        workers: processes that analyse a large build; 0 = one for each core.
        nice: how far builds stand back behind other processes, 0 to 19.
        keep: generations that stay on disk, the published one included.
        wait: seconds to wait for another writer.
        venues: file with a table of venues, or "built-in".
        authors: file of what is curated about authors' names.
        duplicates: file of decisions about duplicates.
        labels: file of labels of screened papers.
        most_lost: share of papers by which a build from the same dumps may be smaller.
        meaning: whether builds encode papers: auto (where the index has vectors), on or off.
    """

    strict: bool
    meaning: str
    venues: str
    authors: str
    duplicates: str
    labels: str
    workers: int
    nice: int
    keep: int
    wait: float
    most_lost: float


@dataclass(frozen=True, slots=True)
class MeaningConfig:
    """The sentence encoder.

    Attributes:
        model: folder with `model.onnx` and `vocab.txt`; empty = the one of the extra `semantic`.
    """

    model: str


@dataclass(frozen=True, slots=True)
class WebConfig:
    """How the pages are served.

    Attributes:
        title: name of the site.
        public_url: what the addresses of its pages begin with; empty = as they were asked for.
        trusted_proxies: addresses and networks whose word on readers is believed.
        threads: requests that one worker process takes at once.
        requests_per_minute: of one client to one worker process; 0 = no limit.
        page_cache: megabytes of finished pages that one worker process keeps; 0 = none.
        connections_per_client: of one client to one worker process; 0 = no limit.
        about_file: Markdown shown on the page about the collection; empty = none.
        logo_file: picture beside the name of the site; empty = none.
        accent: colour of links and buttons; `accent_dark` on a dark ground.
        links: labels and addresses at the foot of the pages, separated by commas.
        password_file: holds the one password of the site; empty = anyone may read.
        user_header: header by which a trusted proxy names the reader; empty = none.
        max_export: papers that one export over HTTP may hold; 0 = no limit.
        oai: whether harvesters may ask at ``/oai`` (OAI-PMH).
        contact: e-mail address of the owner, for harvesters; empty = the host's webmaster.
        mcp: whether assistants may ask at ``/mcp``; needs the extra ``mcp``.
    """

    title: str
    public_url: str
    trusted_proxies: str
    host: str
    port: int
    workers: int
    threads: int
    requests_per_minute: int
    page_cache: int
    connections_per_client: int
    about_file: str
    logo_file: str
    accent: str
    accent_dark: str
    links: str
    password_file: str
    user_header: str
    max_export: int
    oai: bool
    contact: str
    mcp: bool


@dataclass(frozen=True, slots=True)
class AlertsConfig:
    """How alerts are sent by mail and to webhooks.

    Attributes:
        smtp_host: the mail server; empty = no alert is sent by mail.
        smtp_port: 0 = the usual one of the encryption.
        smtp_encryption: "starttls", "tls" (from the first byte) or "none".
        smtp_user: empty = no login.
        smtp_password_file: holds the password, where the environment does not.
        smtp_ca_file: certificates to trust besides the system's; empty = none.
        sender: address that the mail comes from.
        timeout: seconds to wait for a mail server or webhook, each time.
        retries: how often a webhook is tried again within one run.
    """

    smtp_host: str
    smtp_port: int
    smtp_encryption: str
    smtp_user: str
    smtp_password_file: str
    smtp_ca_file: str
    sender: str
    timeout: float
    retries: int


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, complete and checked.

    Attributes:
        source: the user's file, as given; empty where there is none.
    """

    index: IndexConfig
    cluster: ClusterSettings
    ranking: Ranking
    search: SearchConfig
    build: BuildConfig
    meaning: MeaningConfig
    web: WebConfig
    alerts: AlertsConfig
    source: str = dataclasses.field(default="", compare=False)


BACKENDS: Final = ("whoosh", "opensearch")

_WEIGHT: Final = Numbers(0, 100)
_SHARE: Final = Numbers(0, 1)
_LIMITS: Final[Mapping[str, Numbers | Choice | Optional | Text]] = MappingProxyType(
    {
        "index.backend": Choice(BACKENDS),
        "cluster.shards": Numbers(1, 1024),
        "cluster.replicas": Numbers(0, 10),
        "cluster.build_replicas": Numbers(0, 10),
        "cluster.user": Optional(),
        "cluster.password_file": Optional(),
        "cluster.ca_file": Optional(),
        "cluster.cert_file": Optional(),
        "cluster.key_file": Optional(),
        "cluster.timeout": Numbers(0.1, 600),
        "cluster.bulk_timeout": Numbers(1, 3600),
        "cluster.retries": Numbers(0, 100),
        "cluster.batch": Numbers(1, 10_000),
        "cluster.grace": Numbers(0, 604_800),
        "ranking.k1": Numbers(0.01, 100),
        "ranking.title_weight": _WEIGHT,
        "ranking.abstract_weight": _WEIGHT,
        "ranking.author_weight": _WEIGHT,
        "ranking.title_b": _SHARE,
        "ranking.abstract_b": _SHARE,
        "ranking.author_b": _SHARE,
        "ranking.ordered": _WEIGHT,
        "ranking.window": _WEIGHT,
        "ranking.coverage": _WEIGHT,
        "ranking.title_match": _WEIGHT,
        "ranking.parts": _WEIGHT,
        "ranking.feedback": _WEIGHT,
        "ranking.meaning": _WEIGHT,
        "ranking.neighbours": Numbers(0, 0.9),
        "ranking.depth": Numbers(0, 100_000),
        "ranking.enough": Numbers(1, 1000),
        "search.per_page": Numbers(1, 1000),
        "search.max_per_page": Numbers(1, 1000),
        "search.timeout": Numbers(0.05, 600),
        "search.meaning": Choice(("auto", "on", "off")),
        "build.meaning": Choice(("auto", "on", "off")),
        "meaning.model": Optional(),
        "search.kernels": Choice(("auto", "numpy", "numba")),
        "build.workers": Numbers(0, 256),
        "build.nice": Numbers(0, 19),
        "build.keep": Numbers(1, 1000),
        "build.wait": Numbers(0, 86_400),
        "build.most_lost": _SHARE,
        "alerts.smtp_host": Text("the name of a mail server, or nothing", is_host),
        "alerts.smtp_port": Numbers(0, 65_535),
        "alerts.smtp_encryption": Choice(("starttls", "tls", "none")),
        "alerts.smtp_user": Optional(),
        "alerts.smtp_password_file": Optional(),
        "alerts.smtp_ca_file": Optional(),
        "alerts.sender": Text("an address such as quiver@example.org, or nothing", is_mailbox),
        "alerts.timeout": Numbers(0.1, 600),
        "alerts.retries": Numbers(0, 20),
        "web.port": Numbers(0, 65_535),
        "web.workers": Numbers(1, 256),
        "web.threads": Numbers(1, 256),
        "web.requests_per_minute": Numbers(0, 1_000_000),
        "web.page_cache": Numbers(0, 100_000),
        "web.connections_per_client": Numbers(0, 100_000),
        "web.max_export": Numbers(0, 1_000_000_000),
        "web.about_file": Optional(),
        "web.logo_file": Optional(),
        "web.accent": Text("a colour such as #0f4c5c, or nothing", is_colour),
        "web.accent_dark": Text("a colour such as #8fcbd8, or nothing", is_colour),
        "web.links": Text(
            "labels and addresses such as Imprint https://example.org/imprint, or nothing",
            are_links,
        ),
        "web.password_file": Optional(),
        "web.user_header": Text(
            "the name of a header such as X-Remote-User, or nothing", is_header
        ),
        "web.contact": Text("an e-mail address such as papers@example.org, or nothing", is_email),
        "web.public_url": Text(
            "an address such as https://papers.example.org, or nothing", is_site_address
        ),
        "web.trusted_proxies": Text(
            "addresses and networks such as 127.0.0.1, 10.0.0.0/8, or nothing", are_networks
        ),
    }
)


def load_config(
    path: str | Path | None = None, overrides: Mapping[str, object] | None = None
) -> Config:
    """Reads the settings: defaults, then the user's file, then options.

    Args:
        path: the user's YAML file; None = defaults only.
        overrides: values by key path ("web.port"); None values are passed over, so options that
            were not given can be handed on as they are.

    Raises:
        ConfigError: with every fault of the file and of the options.
    """
    known = _settings()
    values: dict[str, Scalar] = dict(_defaults())
    faults: list[str] = []
    if path is not None:
        given, faults = read_settings(Path(path), known)
        values |= given
    for key, value in (overrides or {}).items():
        if value is None:
            continue
        setting = known.get(key)
        if setting is None:
            faults.append(f"option: {key}: no such setting{nearest(key, known)}")
        elif (checked := setting.check(value)) is None:
            faults.append(f"option: {key}: expected {setting.expected}; got {wording(value)}")
        else:
            values[key] = checked
    if not faults and int(values["search.per_page"]) > int(values["search.max_per_page"]):
        faults.append(
            f"{path or 'option'}: search.per_page: expected at most search.max_per_page "
            f"({values['search.max_per_page']}); got {values['search.per_page']}"
        )
    if "@" in str(values["cluster.hosts"]):  # said here so that nothing shows what it holds
        faults.append(
            f"{path or 'option'}: cluster.hosts: expected addresses without user and password; "
            "set cluster.user, and the password as its comment says"
        )
    if faults:
        raise ConfigError(tuple(faults))
    return _assemble(values, source=str(path or ""))


def config_values(config: Config) -> dict[str, dict[str, Scalar]]:
    """Returns the settings as a tree: section, key, value, in the order of `defaults.yaml`."""
    return {
        section: {
            field.name: getattr(getattr(config, section), field.name)
            for field in dataclasses.fields(kind)
        }
        for section, kind in _sections().items()
    }


def defaults_text() -> str:
    """Returns the commented reference of every key, as YAML."""
    return (
        resources.files("indexer.configuration")
        .joinpath("defaults.yaml")
        .read_text(encoding="utf-8")
    )


def _defaults_file() -> Traversable:
    return resources.files("indexer.configuration").joinpath("defaults.yaml")


def _sections() -> dict[str, type[Any]]:
    hints = typing.get_type_hints(Config)
    return {name: kind for name, kind in hints.items() if name != "source"}


@cache
def _settings() -> Mapping[str, Setting]:
    """Every key path with its type (from the dataclasses) and its limits."""
    known: dict[str, Setting] = {}
    for section, kind in _sections().items():
        for name, scalar in typing.get_type_hints(kind).items():
            path = f"{section}.{name}"
            known[path] = Setting(path, scalar, _LIMITS.get(path))
    return MappingProxyType(known)


@cache
def _defaults() -> Mapping[str, Scalar]:
    with resources.as_file(
        resources.files("indexer.configuration").joinpath("defaults.yaml")
    ) as path:
        values, faults = read_settings(path, _settings())
    missing = [f"{path.name}: {key}: missing" for key in _settings() if key not in values]
    if faults or missing:  # a broken installation, not a user's mistake
        raise ConfigError((*faults, *missing))
    return MappingProxyType(values)


def _assemble(values: Mapping[str, Scalar], source: str) -> Config:
    made = {
        section: kind(
            **{field.name: values[f"{section}.{field.name}"] for field in dataclasses.fields(kind)}
        )
        for section, kind in _sections().items()
    }
    return Config(**made, source=source)
