"""``sportsgpt doctor``: checks the installation and says the fix."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE
from orchestration.cli.pose import describe_missing_keypoints
from orchestration.settings import Settings, load_settings
from sportsgpt_lib.errors import SportsGptError
from sportsgpt_lib.sports.loader import load_movement, movement_names

_LEAST_FREE_BYTES = 5 * 1024**3
_OPTIONAL = {"mmpose": "mmpose", "onnx": "onnxruntime"}


@dataclass(frozen=True)
class Finding:
    """What one check found; ``fix`` is None where all is well."""

    what: str
    found: str
    fix: str | None = None


def doctor() -> None:
    """Check the installation and say the fix; exit with 1 if anything is wrong."""
    settings = load_settings()
    findings = [check(settings) for check in _CHECKS]
    for finding in findings:
        mark = "[green]ok[/]   " if finding.fix is None else "[red]wrong[/]"
        CONSOLE.print(f"{mark} {finding.what}: {escape(finding.found)}")
        if finding.fix is not None:
            CONSOLE.print(f"      Fix: {escape(finding.fix)}")
    extras = [name for name, module in _OPTIONAL.items() if find_spec(module)]
    CONSOLE.print(f"[dim]extras installed: {', '.join(extras) or 'none'}[/]")
    if any(finding.fix for finding in findings):
        raise typer.Exit(1)


def _check_python(_settings: Settings) -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    is_right = sys.version_info[:2] == (3, 11)
    fix = None if is_right else "make .venv again with Python 3.11: scripts/install"
    return Finding("Python", found, fix)


def _check_packages(_settings: Settings) -> Finding:
    command = [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    lines = done.stdout.strip().splitlines() or ["pip gave no answer"]
    fix = None if done.returncode == 0 else "delete .venv and run scripts/install"
    return Finding("packages fit together", lines[0], fix)


def _check_video_library(_settings: Settings) -> Finding:
    try:
        import cv2
    except ImportError as error:
        fix = "as root: apt-get install libgl1 libglib2.0-0"
        return Finding("OpenCV", str(error), fix)
    return Finding("OpenCV", cv2.__version__)


def _check_home(settings: Settings) -> Finding:
    home = settings.home.resolve()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    free = shutil.disk_usage(home).free
    fix = None
    if free < _LEAST_FREE_BYTES:
        fix = "free some space, or set SPORTSGPT_HOME to a larger disk"
    return Finding("data folder", f"{home}, {free / 1024**3:.0f} GiB free", fix)


def _check_pose_network(settings: Settings) -> Finding:
    from orchestration.pose_backend import build_detector, build_estimator

    try:
        detector, estimator = build_detector(settings), build_estimator(settings)
    except SportsGptError as error:
        return Finding("pose network", error.found, error.fix)
    unseen = describe_missing_keypoints(estimator.missing_keypoints)
    return Finding(
        "pose network",
        f"{detector.model_name} and {estimator.model_name}; cannot see: {unseen}",
    )


def _check_databases(settings: Settings) -> Finding:
    from orchestration.environment import prepare
    from sportsgpt_lib.knowledge.postgres import open_knowledge_base, validate_server

    try:
        with open_knowledge_base(prepare(settings).pipeline_url) as connection:
            validate_server(connection)
    except SportsGptError as error:
        return Finding("Postgres with pgvector", error.found, error.fix)
    return Finding("Postgres with pgvector", "answers; pgvector is new enough")


def _check_movements(_settings: Settings) -> Finding:
    problems: list[str] = []
    for name in movement_names():
        try:
            load_movement(name)
        except SportsGptError as error:
            problems += [f"{name}/{problem}" for problem in _tell(error)]
    if problems:
        return Finding(
            "movements",
            _show_first(problems),
            "run `sportsgpt movements check`, which lists all and how to correct them",
        )
    return Finding("movements", f"{len(movement_names())}, all in order")


def _show_first(problems: Sequence[str]) -> str:
    left = len(problems) - 1
    return f"{problems[0]}; and {left} more" if left else problems[0]


def _check_target_models(settings: Settings) -> Finding:
    from orchestration.resources import build_reference_library

    if settings.references is not None and not settings.references_folder.is_dir():
        return Finding(
            "target models",
            f"SPORTSGPT_REFERENCES is {settings.references_folder}, which is no folder",
            "make or mount it; until then runs use the packaged ones alone",
        )
    library, counted = build_reference_library(settings), 0
    problems: list[str] = []
    try:
        problems += library.list_unused()
    except SportsGptError as error:
        problems += _tell(error)
    for name in movement_names():
        try:
            counted += len(library.load(load_movement(name)))
        except SportsGptError as error:
            problems += _tell(error)
    if problems:
        return Finding(
            "target models",
            _show_first(problems),
            "run `sportsgpt reference check`, which lists all and how to correct them",
        )
    return Finding("target models", f"{counted}, all in order")


def _check_knowledge(settings: Settings) -> Finding:
    from orchestration.knowledge_backend import (
        build_embedder,
        build_folders,
        build_reranker,
        build_store,
    )
    from sportsgpt_lib.knowledge.collection import MANIFEST_FILE
    from sportsgpt_lib.knowledge.embedding_models import ModelRegistry

    try:
        folders, embedder = build_folders(settings), build_embedder(settings)
        model = embedder.model_name
        build_reranker(settings, embedder)
        active = ModelRegistry(build_store(settings).url).find_active()
    except SportsGptError as error:
        return Finding("knowledge base", "; ".join(_tell(error)), error.fix)
    lacking = [str(f.path) for f in folders if not (f.path / MANIFEST_FILE).is_file()]
    if lacking:
        return Finding(
            "knowledge base",
            f"{lacking[0]} has no {MANIFEST_FILE}",
            "make one: `sportsgpt kb admit FILE` drafts its entries",
        )
    found = f"{len(folders)} collection(s), embedded by {model}"
    if active is None:
        return Finding("knowledge base", f"{found}; nothing is ingested yet")
    if active.name != model:
        fix = "run `sportsgpt kb reembed`, or set SPORTSGPT_EMBEDDING_MODEL back"
        return Finding("knowledge base", f"{active.name} is active, not {model}", fix)
    return Finding("knowledge base", found)


def _tell(error: SportsGptError) -> list[str]:
    return list(error.problems) or [f"{error.where}: {error.found}"]


_CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    _check_python,
    _check_packages,
    _check_video_library,
    _check_home,
    _check_databases,
    _check_pose_network,
    _check_movements,
    _check_target_models,
    _check_knowledge,
)
