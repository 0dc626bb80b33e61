import importlib.util
import subprocess
import sys

import pytest


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("torchvision") is None,
    reason="torchvision comes with the mmpose extra",
)
def test_torchvision_and_sentence_transformers_import_after_it_in_any_process():
    code = (
        "from sportsgpt_lib.torch_runtime import prepare_torchvision as prepare;"
        "first = prepare(); assert prepare() == first;"
        "import torchvision, sentence_transformers; print('ready')"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "ready", done.stderr[-2000:]
