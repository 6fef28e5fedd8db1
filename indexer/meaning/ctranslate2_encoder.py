"""The sentence encoder by ctranslate2 (https://opennmt.net/CTranslate2), int8 on the processor.

The weights are those of `weights`; they become a model of ctranslate2 in memory when it is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from indexer.meaning.encoding import pooled
from indexer.meaning.weights import Floats, Linear, Norm, Weights


class CTranslate2Encoder:
    """Encodes lists of word piece ids; safe to use from several threads."""

    name: Final = "ctranslate2"

    def __init__(self, weights: Weights, pieces: Sequence[str], *, threads: int = 1) -> None:
        """Loads the weights into ctranslate2, which takes about a second.

        Args:
            weights: of the encoder.
            pieces: the vocabulary, in the order of the ids.
            threads: of one call.

        Raises:
            ImportError: when ctranslate2 is not installed.
        """
        import ctranslate2

        with TemporaryDirectory(prefix="quiver-meaning-") as folder:
            spec = _spec(weights, pieces)
            spec.validate()
            spec.optimize(quantization="int8")
            spec.save(folder)
            self._encoder = ctranslate2.Encoder(
                folder, device="cpu", compute_type="int8", inter_threads=1, intra_threads=threads
            )
            del spec
        self._folder = Path(folder)

    def encode(self, batch: Sequence[Sequence[int]]) -> Floats:
        """Returns a vector of length 1 a text: float32[texts, width]."""
        lengths = np.array([len(ids) for ids in batch])
        output = self._encoder.forward_batch([list(ids) for ids in batch])
        return pooled(np.asarray(output.last_hidden_state, np.float32), lengths)


def _spec(weights: Weights, pieces: Sequence[str]) -> Any:
    from ctranslate2.converters import utils
    from ctranslate2.specs import common_spec, transformer_spec

    encoder = transformer_spec.TransformerEncoderSpec(
        len(weights.layers),
        weights.heads,
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )
    spec = transformer_spec.TransformerEncoderModelSpec(encoder, pooling_layer=False)
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = weights.words.copy()  # is quantized in place
    encoder.embeddings[1].weight = weights.segments.copy()
    encoder.position_encodings.encodings = weights.positions.copy()
    _set_norm(encoder.layernorm_embedding, weights.norm)
    for target, layer in zip(encoder.layer, weights.layers, strict=True):
        parts = [common_spec.LinearSpec() for _ in range(3)]
        for part, linear in zip(parts, (layer.query, layer.key, layer.value), strict=True):
            _set_linear(part, linear)
        utils.fuse_linear(target.self_attention.linear[0], parts)
        _set_linear(target.self_attention.linear[1], layer.attention)
        _set_norm(target.self_attention.layer_norm, layer.attention_norm)
        _set_linear(target.ffn.linear_0, layer.inner)
        _set_linear(target.ffn.linear_1, layer.outer)
        _set_norm(target.ffn.layer_norm, layer.outer_norm)
    spec.register_vocabulary(list(pieces))
    spec.config.unk_token = "[UNK]"  # noqa: S105 - a word piece
    spec.config.layer_norm_epsilon = 1e-12
    return spec


def _set_linear(target: Any, linear: Linear) -> None:
    target.weight = np.array(linear.weight.T, order="C")
    target.bias = linear.bias.copy()


def _set_norm(target: Any, norm: Norm) -> None:
    target.gamma, target.beta = norm.gain.copy(), norm.bias.copy()
