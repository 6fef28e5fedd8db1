"""What alerts have told, kept in a folder with one file an alert.

A file is replaced at one stroke. What is found is written down together with the papers that are
then known, before anything is sent, and a notice is crossed out only after its target has taken
it. A run that is killed at any moment therefore loses nothing; at worst the last notice is told
again, with the same id.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from indexer.alerts.notice import Notice, notice_json, notice_of
from indexer.errors import AlertError, OutputError
from indexer.system.output_file import OutputFile
from indexer.system.platform import lock_file
from indexer.system.protected import Protected

_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class PendingNotice:
    """A notice that not all targets have taken.

    Attributes:
        delivered: keys of the targets that have.
    """

    notice: Notice
    delivered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AlertState:
    """What is known of one alert.

    Attributes:
        alert: its name.
        fingerprint: of the alert as it was, see `Alert.fingerprint`.
        identity: of the index.
        generation: up to which everything was noted; built: when that was published.
        digests: of the records of all papers that the alert knows, by id.
        pending: oldest first.
    """

    alert: str
    fingerprint: str
    identity: str
    generation: str
    built: str
    digests: Mapping[str, str]
    pending: tuple[PendingNotice, ...] = ()

    def delivered(self, notice_id: str, key: str) -> AlertState:
        """Returns the state after a target has taken a notice."""
        return replace(
            self,
            pending=tuple(
                replace(pending_notice, delivered=pending_notice.delivered | {key})
                if pending_notice.notice.id == notice_id
                else pending_notice
                for pending_notice in self.pending
            ),
        )

    def without(self, notice_id: str) -> AlertState:
        """Returns the state without a notice, which all targets have taken."""
        return replace(
            self,
            pending=tuple(
                pending_notice
                for pending_notice in self.pending
                if pending_notice.notice.id != notice_id
            ),
        )


class StateFolder:
    """A folder of state files; one run at a time may write there.

    Example:
        folder = StateFolder("alerts.yaml.state")
        with folder.locked():
            state = folder.read("gossip")
    """

    def __init__(self, path: str) -> None:
        """Names the folder; it is made when the first state is written.

        Args:
            path: of the folder; the one above it must exist.
        """
        self.path = Path(path)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other runs from these states for the time of a block.

        Raises:
            AlertError: when another run is at work.
            OutputError: when the folder cannot be made.
        """
        try:
            self.path.mkdir(mode=0o700, exist_ok=True)
            handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise OutputError(str(self.path), f"cannot be written: {error.strerror}") from error
        try:
            if not lock_file(handle):
                raise AlertError(
                    f"{self.path}: another `quiver alert` is at work with these alerts; "
                    "what has changed meanwhile is told by the next run"
                )
            yield
        finally:
            os.close(handle)

    def read(self, name: str) -> AlertState | None:
        """Returns the state of an alert; None where it has not run yet.

        Raises:
            AlertError: when the file is something else.
        """
        path = self._file(name)
        try:
            return _state_of(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise AlertError(
                f"{path}: is not the state of an alert ({type(error).__name__}: {error}); restore "
                "it from a backup, or move it away and run again with --since DATE"
            ) from error

    def write(self, state: AlertState) -> None:
        """Replaces the state of an alert at one stroke; it is on disk when this returns.

        Raises:
            OutputError: when it cannot be written.
        """
        path = str(self._file(state.alert))
        with OutputFile(path, Protected(), overwrite=True) as file:
            file.write(json.dumps(_state_json(state), ensure_ascii=False, separators=(",", ":")))

    def _file(self, name: str) -> Path:
        return self.path / f"{name.casefold()}.json"


def _state_json(state: AlertState) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "alert": state.alert,
        "fingerprint": state.fingerprint,
        "identity": state.identity,
        "generation": state.generation,
        "built": state.built,
        "pending": [
            {
                "notice": notice_json(pending_notice.notice),
                "delivered": sorted(pending_notice.delivered),
            }
            for pending_notice in state.pending
        ],
        "digests": dict(state.digests),
    }


def _state_of(value: Any) -> AlertState:
    if value["version"] != _VERSION:
        raise ValueError(f"version {value['version']} is not {_VERSION}")
    keys = ("alert", "fingerprint", "identity", "generation", "built")
    texts = {key: value[key] for key in keys}
    digests = value["digests"]
    if not all(isinstance(text, str) for text in [*texts.values(), *digests.values()]):
        raise TypeError("a text is expected")
    return AlertState(
        **texts,
        digests=digests,
        pending=tuple(
            PendingNotice(notice_of(entry["notice"]), frozenset(map(str, entry["delivered"])))
            for entry in value["pending"]
        ),
    )
