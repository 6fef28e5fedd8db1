"""One client of a cluster: hosts, credentials, time-outs, and what its errors mean to a reader.

Passwords never stand in a configuration that can be printed: the environment gives them
(``QUIVER_OPENSEARCH_PASSWORD``), or a file that only its owner can read.
"""

from __future__ import annotations

import logging
import os
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

from indexer.errors import ConfigError, IndexUnavailable
from indexer.system.extras import install_command

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

_LOG: Final = logging.getLogger(__name__)
PASSWORD: Final = "QUIVER_OPENSEARCH_PASSWORD"  # noqa: S105 - the variable's name, no password
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class ClusterConfig:
    """Where a cluster is and how an index lies in it.

    Attributes:
        hosts: addresses ("https://search1:9200"); all are tried in turn.
        name: begins the names of everything of this index in the cluster; lower case letters,
            digits and hyphens.
        shards, replicas: of each generation.
        build_replicas: while it is built. With 0 a build is faster, but a node that goes takes
            its part of the build along; with 1 nothing is lost.
        user: name for the cluster; empty = none is asked for.
        password_file: holds the password, where the environment does not.
        ca_file: certificates that are trusted; empty = those of the system.
        cert_file, key_file: client certificate instead of a password.
        timeout: seconds that one search may take.
        bulk_timeout: seconds that one batch of a build may take.
        retries: times that a batch is sent again, the wait doubling from one second.
        batch: papers in a request, at most.
        keep: generations that stay, the published one among them; 1 or more.
        wait: seconds to wait for another writer.
        most_lost: share of the papers by which a build from the same dumps may be smaller.
        grace: seconds that a generation stays, whatever `keep` says, after a newer one was
            published: so long a searcher that was opened before can go on.
    """

    hosts: tuple[str, ...] = ("http://127.0.0.1:9200",)
    name: str = "quiver"
    shards: int = 1
    replicas: int = 1
    build_replicas: int = 1
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    timeout: float = 10.0
    bulk_timeout: float = 120.0
    retries: int = 8
    batch: int = 500
    grace: float = 900.0
    keep: int = 3
    wait: float = 0.0
    most_lost: float = 1.0

    def __post_init__(self) -> None:
        """Checks what the cluster would refuse later, with worse words."""
        faults: list[str] = []
        for host in self.hosts:
            parts = urlsplit(host)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                faults.append(f"cluster.hosts: expected an http(s) address; got {host!r}")
            if parts.username or parts.password:
                faults.append(
                    f"cluster.hosts: expected no user or password in the address of "
                    f"{parts.hostname!r}; set cluster.user and the variable {PASSWORD}"
                )
            if self.user and parts.scheme == "http" and parts.hostname not in _LOCAL:
                faults.append(
                    f"cluster.hosts: {parts.hostname!r}: a password is sent over https only"
                )
        if not self.hosts:
            faults.append("cluster.hosts: expected at least one address; got none")
        plain = self.name.replace("-", "")
        if not (plain.isascii() and plain.isalnum() and plain == plain.lower()) or (
            self.name.startswith("-") or len(self.name) > 100
        ):
            faults.append(
                "cluster.name: expected lower case letters, digits and hyphens, beginning "
                f"without a hyphen; got {self.name!r}"
            )
        if faults:
            raise ConfigError(tuple(faults))


_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def connect(config: ClusterConfig) -> OpenSearch:
    """Makes the client of a cluster; it connects with its first request.

    Raises:
        ConfigError: where the package, a file or the password is missing.
    """
    try:
        from opensearchpy import OpenSearch
    except ImportError as error:
        raise ConfigError(
            (f"index.backend: opensearch needs its client: {install_command('opensearch')}",)
        ) from error
    options: dict[str, Any] = {}
    _check_files(config)
    if config.user:
        # Written here because the client would write it as Latin-1, and the server reads UTF-8.
        told = b64encode(f"{config.user}:{_password(config)}".encode()).decode()
        options["headers"] = {"authorization": f"Basic {told}"}
    if config.cert_file:
        options |= {"client_cert": config.cert_file, "client_key": config.key_file or None}
    if any(host.startswith("https:") for host in config.hosts):
        options |= {"verify_certs": True, "ca_certs": config.ca_file or None}
    return OpenSearch(
        list(config.hosts),
        timeout=config.timeout,
        max_retries=max(1, len(config.hosts)),
        retry_on_timeout=False,
        pool_maxsize=16,
        **options,
    )


def _check_files(config: ClusterConfig) -> None:
    """Looks whether the certificates can be read; the client would say so at the first request."""
    faults: list[str] = []
    for key in ("ca_file", "cert_file", "key_file"):
        if name := getattr(config, key):
            try:
                Path(name).open("rb").close()
            except OSError as error:
                faults.append(f"cluster.{key}: {name}: cannot be read: {error.strerror}")
    if faults:
        raise ConfigError(tuple(faults))


def _password(config: ClusterConfig) -> str:
    """Returns the password of the environment or the file."""
    given = os.environ.get(PASSWORD, "")
    if given:
        return given
    if not config.password_file:
        raise ConfigError((f"cluster.user: no password; set {PASSWORD} or cluster.password_file",))
    path = Path(config.password_file)
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigError(
                (f"cluster.password_file: {path}: others can read it; run: chmod 600 {path}",)
            )
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise ConfigError((f"cluster.password_file: {path}: {error.strerror}",)) from error


class Breaker:
    """Stops asking a cluster that does not answer, so that pages fail at once and not in a queue.

    After `LIMIT` failures in a row every call fails for `PAUSE` seconds; then one may try. It is
    safe to use from several threads.
    """

    LIMIT: Final = 3
    PAUSE: Final = 5.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begins closed: calls go through."""
        self._clock = clock
        self._failures = 0
        self._until = 0.0
        self._lock = Lock()

    def call(self, ask: Callable[[], Given]) -> Given:
        """Asks the cluster.

        Raises:
            IndexUnavailable: when it does not answer, or did not of late.
        """
        from opensearchpy.exceptions import ConnectionError as Unreachable
        from opensearchpy.exceptions import ConnectionTimeout, SSLError, TransportError

        with self._lock:
            if self._failures >= self.LIMIT and self._clock() < self._until:
                raise IndexUnavailable(
                    "the search cluster did not answer of late; try again in some seconds"
                )
            if self._failures >= self.LIMIT:
                self._until = self._clock() + self.PAUSE  # this call is the one that tries
        try:
            given = ask()
        except ConnectionTimeout as error:
            self._failed()
            raise IndexUnavailable(
                "the search cluster did not answer in time; try again, or ask for less"
            ) from error
        except SSLError as error:
            self._failed()
            raise IndexUnavailable(
                "the search cluster and this client do not trust each other; look at "
                "cluster.ca_file, and at cluster.cert_file where it asks for a certificate"
            ) from error
        except Unreachable as error:
            self._failed()
            raise IndexUnavailable(
                "the search cluster cannot be reached; is it running at cluster.hosts?"
            ) from error
        except TransportError as error:
            if error.status_code in (429, 500, 502, 503, 504):
                self._failed()
                raise IndexUnavailable(
                    f"the search cluster is overloaded or losing a node ({error.status_code}); try "
                    "again"
                ) from error
            if error.status_code in (401, 403):
                raise IndexUnavailable(
                    "the search cluster refuses the user; look at cluster.user and its password"
                ) from error
            raise
        with self._lock:
            self._failures = 0
        return given

    def _failed(self) -> None:
        with self._lock:
            self._failures += 1
            self._until = self._clock() + self.PAUSE
            if self._failures == self.LIMIT:
                _LOG.warning(
                    "the cluster failed %d times in a row: no requests for now", self.LIMIT
                )
