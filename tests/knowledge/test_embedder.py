import subprocess
import sys

import numpy as np
import pytest

from sportsgpt_lib.errors import ModelServiceError
from sportsgpt_lib.knowledge.embedder import MINILM_SHA256, MiniLmEmbedder


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


@pytest.mark.slow
@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning"
)  # inside torch and transformers
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_real_model_puts_related_sentences_closer():
    vectors = MiniLmEmbedder().embed(
        [
            "The knees bend too little when landing from a jump.",
            "A stiff landing with nearly straight legs.",
            "The bank raised its interest rate.",
        ]
    )
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=5e-3)
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert near > 0.5
    assert far < 0.2
