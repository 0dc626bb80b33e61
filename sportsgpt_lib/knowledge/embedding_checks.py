"""Checks of what an embedder gives, before any of it is stored.

Which models there are is in ``embedding_models.py``; the index is checked by its recall
in ``embedding_vectors.py``.
"""

import numpy as np

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.knowledge.embedder import Embedder
from sportsgpt_lib.knowledge.embedding_models import EmbeddingModel
from sportsgpt_lib.knowledge.postgres import (
    change_rows,
    fetch_rows,
    open_knowledge_base,
)

PROBE_TEXT = "Land softly: bend hips, knees and ankles. 落地时屈膝。"
"""What every model is asked before it embeds; must stay as it is."""

# Chosen: docs/knowledge-at-size.md, "Changing the model".
_LEAST_PROBE_COSINE = 0.99
_NORM_TOLERANCE = 1e-3


def validate_probe(url: str, model: EmbeddingModel, embedder: Embedder) -> None:
    """Check that a fixed text has the vector that it had the first time.

    A server may change its model under the same name, and a folder its files: vectors
    of the same length then look right and find the wrong passages.

    Raises
    ------
    DatabaseError
        The vector does not fit the model, or is another one than before.
    """
    from pgvector import HalfVector

    vectors = embedder.embed([PROBE_TEXT])
    validate_vectors(model, 1, vectors)
    with open_knowledge_base(url) as connection:
        stored = fetch_rows(connection, "load_probe", model.name)[0][0]
        if stored is None:
            change_rows(connection, "save_probe", model.name, HalfVector(vectors[0]))
            return
    former = np.asarray(stored.to_numpy(), dtype=np.float64)
    cosine = float(former @ vectors[0]) / float(np.linalg.norm(former))
    if cosine < _LEAST_PROBE_COSINE:
        raise DatabaseError(
            f"vectors by {model.name}",
            f"the same text now has another vector (cosine {cosine:.3f}): another "
            "model answers under this name; nothing was embedded",
            "put the former model back, or give the new one another revision in the "
            "settings: its vectors are then built beside the former ones",
        )


def validate_vectors(model: EmbeddingModel, expected: int, vectors: np.ndarray) -> None:
    """Check that vectors are ``(expected, dimension)``, finite and of unit length.

    Raises
    ------
    DatabaseError
        They are not.
    """
    fix = "check the embedder of that name: it must give one unit vector a text"
    if vectors.shape != (expected, model.dimension):
        raise DatabaseError(
            f"vectors by {model.name}",
            f"shape {vectors.shape}; ({expected}, {model.dimension}) is allowed",
            fix,
        )
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    wrong = int(np.sum(~(np.abs(lengths - 1.0) <= _NORM_TOLERANCE)))
    if wrong:
        raise DatabaseError(
            f"vectors by {model.name}",
            f"{wrong} of {expected} are not finite or not of unit length",
            fix,
        )
