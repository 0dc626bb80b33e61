"""An ingest that kills itself with SIGKILL at a moment: URL, folder, moment.

``never`` goes through. What is patched only waits for the moment, and lets the real
step do its work first.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kb_ingest.source_making as making_module
import kb_ingest.source_saving as saving_module
import sportsgpt_lib.knowledge.embedding_run as run_module
import sportsgpt_lib.knowledge.embedding_vectors as vectors_module
import sportsgpt_lib.knowledge.store as store_module
from tests.kb_ingest.library import WordEmbedder, run_ingest

MOMENTS = ("parsed", "copied", "saved", "embedded", "all embedded", "indexed")
# Passages are few here: so that some are embedded and some are not.
_BATCH_TEXTS = 3


def main(url: str, folder: str, moment: str) -> None:
    run_module._BATCH_TEXTS = _BATCH_TEXTS
    if moment == "parsed":
        _kill_after(making_module, "parse_file", nth=2)
    elif moment == "copied":  # inside the transaction of a source
        _kill_after(store_module, "replace_passages", nth=2)
    elif moment == "saved":  # committed, but not remembered as done
        _kill_after(saving_module, "record_findings", nth=2)
    elif moment == "embedded":
        _kill_after(vectors_module.VectorStore, "save", nth=2)
    elif moment == "all embedded":  # every vector is copied, none is indexed
        _kill_after(run_module, "_embed_missing", nth=1)
    elif moment == "indexed":  # inside the transaction that builds the index
        _kill_after(
            vectors_module,
            "fetch_rows",
            nth=1,
            only=lambda a: "build_vector_index" in a,
        )
    run_ingest(url, Path(folder), embedder=WordEmbedder())


def _kill_after(
    owner: Any, name: str, *, nth: int, only: Callable[[Any], bool] = lambda _: True
) -> None:
    """Kill this process when a call of a function has done its work."""
    real = getattr(owner, name)
    calls = 0

    def call(*arguments: Any, **more: Any) -> Any:
        nonlocal calls
        done = real(*arguments, **more)
        calls += bool(only(arguments))
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(owner, name, call)


if __name__ == "__main__":
    main(*sys.argv[1:])
