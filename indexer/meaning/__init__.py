"""Meaning: vectors of texts by a sentence encoder that runs here, beside the words.

    wordpiece.py            text to word piece ids
    onnx_tensors.py         the tensors of an ONNX file
    weights.py              the weights of an encoder among them
    encoding.py             the encoder in NumPy
    ctranslate2_encoder.py  the encoder in ctranslate2
    model.py                finds and checks the weights; texts to vectors
    quantization.py         vectors in eight bits and in one, and their cosines

Nothing here knows a backend, and nothing is fetched: the extra `semantic` brings the weights.
"""
