import hashlib
import subprocess
import sys

import numpy as np
import pytest

from sportsgpt_lib.errors import ModelServiceError
from sportsgpt_lib.knowledge.embedder import (
    MINILM_SHA256,
    MiniLmEmbedder,
    SentenceTransformerEmbedder,
)
from sportsgpt_lib.knowledge.embedder_tokens import find_minilm_folder


def test_building_an_embedder_and_asking_its_name_loads_no_network():
    code = (
        "import sys; from sportsgpt_lib.knowledge.embedder import MiniLmEmbedder;"
        "print(MiniLmEmbedder().model_name, len(MiniLmEmbedder().embed([])),"
        "'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["all-MiniLM-L6-v2@53aa51172d14", "0", "False"]


def test_weights_with_another_hash_are_refused():
    with pytest.raises(ModelServiceError) as caught:
        MiniLmEmbedder(weights_sha256="0" * 64).embed(["a"])
    assert MINILM_SHA256 in str(caught.value)


def test_the_revision_of_a_folder_is_the_hash_of_its_weights(tmp_path):
    folder = tmp_path / "own-model"
    folder.mkdir()
    (folder / "model-00002.safetensors").write_bytes(b"world")
    (folder / "model-00001.safetensors").write_bytes(b"hello ")
    embedder = SentenceTransformerEmbedder(folder)
    expected = hashlib.sha256(b"hello world").hexdigest()
    assert embedder.weights_sha256 == expected
    assert embedder.model_name == f"own-model@{expected[:12]}"
    assert embedder.languages is None


def test_a_folder_without_weights_is_refused(tmp_path):
    with pytest.raises(ModelServiceError, match="holds no weights"):
        _ = SentenceTransformerEmbedder(tmp_path).model_name


def test_a_name_that_nobody_knows_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    embedder = SentenceTransformerEmbedder("nobody/has-this-model")
    with pytest.raises(ModelServiceError, match="neither a folder nor a model"):
        _ = embedder.model_name


def test_tokens_are_those_of_the_model_without_its_special_ones():
    tokenizer = MiniLmEmbedder().tokenizer
    long_text = "landing " * 400
    assert tokenizer.most_tokens == 256
    assert tokenizer.count_tokens(["A stiff landing.", long_text]) == [4, 400]
    spans = tokenizer.find_token_spans("A stiff landing.")
    assert spans == [(0, 1), (2, 7), (8, 15), (15, 16)]


@pytest.mark.slow
@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning"
)  # inside torch and transformers
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize(
    "embedder",
    [MiniLmEmbedder(), SentenceTransformerEmbedder(find_minilm_folder())],
    ids=["offline", "folder"],
)
def test_real_model_puts_related_sentences_closer(embedder):
    assert embedder.weights_sha256 == MINILM_SHA256
    assert embedder.dimension == 384
    assert embedder.tokenizer.most_tokens == 256
    vectors = embedder.embed(
        [
            "The knees bend too little when landing from a jump.",
            "A stiff landing with nearly straight legs.",
            "The bank raised its interest rate.",
        ]
    )
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert near > 0.5
    assert far < 0.2
