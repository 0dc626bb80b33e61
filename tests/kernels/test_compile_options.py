import ast
from pathlib import Path

import pytest

from sportsgpt_lib import kernels
from sportsgpt_lib.kernels import compile_options
from sportsgpt_lib.kernels.compile_options import COMPILE, COMPILE_FUSED

FOLDER = Path(kernels.__file__).parent
ORACLES = Path(__file__).parent.parent / "oracles"
KERNEL_FILES = [
    path
    for path in sorted(FOLDER.glob("*.py"))
    if path.name not in ("__init__.py", "compile_options.py")
]


def _compiled_functions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    ]


@pytest.mark.parametrize("path", KERNEL_FILES, ids=lambda path: path.stem)
def test_every_kernel_is_compiled_with_the_shared_options(path):
    functions = _compiled_functions(path)
    assert functions
    for function in functions:
        decorators = [ast.unparse(node) for node in function.decorator_list]
        assert decorators in (["njit(**COMPILE)"], ["njit(**COMPILE_FUSED)"]), (
            function.name
        )


@pytest.mark.parametrize("path", KERNEL_FILES, ids=lambda path: path.stem)
def test_kernels_take_in_no_kernel_of_another_module(path):
    # A cached kernel is not compiled anew when a module changes that it took in.
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    }
    own = {name for name in imported if name and name.startswith("sportsgpt_lib")}
    own -= {"sportsgpt_lib.kernels.compile_options"}
    known = {"label_paths": {"sportsgpt_lib.kernels.pair_filters"}}
    assert own == known.get(path.stem, set())


@pytest.mark.parametrize("path", KERNEL_FILES, ids=lambda path: path.stem)
def test_every_public_kernel_has_a_slow_oracle(path):
    oracle = (ORACLES / path.name).read_text(encoding="utf-8")
    for function in _compiled_functions(path):
        if not function.name.startswith("_"):
            assert f"def {function.name}(" in oracle


def test_fastmath_stays_off_because_nan_means_missing():
    assert COMPILE["fastmath"] is False
    assert COMPILE_FUSED["fastmath"] == {"contract"}


def test_a_cache_folder_that_is_named_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert compile_options._has_cache_home()
