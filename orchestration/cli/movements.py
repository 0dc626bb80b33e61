"""``sportsgpt movements``: the movements there are, and what is wrong with a folder."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE
from orchestration.settings import Settings, load_settings
from sportsgpt_lib.errors import MovementFileError, SportsGptError
from sportsgpt_lib.sports.checks import MOVEMENT_FILE
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import (
    SPORTS_FOLDER,
    load_movement,
    load_movement_folder,
    movement_names,
)
from sportsgpt_lib.sports.translations import WORDS_FILE, load_words_file

_SHOWN_DIGITS = 12
app = typer.Typer(
    no_args_is_help=True,
    help="Movements: what is measured, and checks of their folders.",
)


@app.command("list")
def list_movements() -> None:
    """List the movements with version, indicators, issues and target models."""
    settings = load_settings()
    answered = _load_answered_issues()
    is_any_wrong = False
    for name in movement_names():
        try:
            movement = load_movement(name)
        except MovementFileError as error:
            is_any_wrong = True
            CONSOLE.print(f"[bold]{name}[/] [red]cannot be used[/]: {error.found}")
            continue
        CONSOLE.print(f"[bold]{name}[/] {escape(movement.title)}")
        CONSOLE.print(f"  version {movement.sha256[:_SHOWN_DIGITS]}")
        judged = sum(part.target is not None for part in movement.indicators)
        CONSOLE.print(
            f"  {len(movement.indicators)} indicators, {judged} of them judged"
        )
        issues = {part.name for part in movement.issues}
        with_card = len(issues & answered.get(name, set()))
        CONSOLE.print(
            f"  {len(issues)} issues, {with_card} with a card in the knowledge base"
        )
        CONSOLE.print(f"  {escape(_describe_target_models(settings, movement))}")
    if is_any_wrong:
        CONSOLE.print("`sportsgpt movements check` lists every problem.")
        raise typer.Exit(1)


@app.command()
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="A movement's folder, or one that holds several. Default: the "
            "movements that runs use."
        ),
    ] = None,
) -> None:
    """Check movement files and list every problem with file, line and fix."""
    folders = _find_folders(folder or SPORTS_FOLDER)
    problems = [problem for path in folders for problem in _list_problems(path)]
    if problems:
        raise MovementFileError(
            str(folder or SPORTS_FOLDER),
            f"{len(problems)} problem{'s' if len(problems) > 1 else ''}",
            "correct each line named above; the schema is in docs/sports.md",
            problems=problems,
        )
    CONSOLE.print(f"{len(folders)} movement(s) checked, all in order.")


def _find_folders(folder: Path) -> list[Path]:
    resolved = folder.resolve()
    if (resolved / MOVEMENT_FILE).is_file():
        return [resolved]
    found = sorted(path.parent for path in resolved.glob(f"*/{MOVEMENT_FILE}"))
    if not found:
        raise MovementFileError(
            str(folder),
            f"neither it nor a folder in it holds a {MOVEMENT_FILE}",
            "name a movement's folder; docs/sports.md says what it holds",
        )
    return found


def _list_problems(folder: Path) -> list[str]:
    try:
        movement = load_movement_folder(folder)
        if (folder / WORDS_FILE).exists():
            load_words_file(folder / WORDS_FILE, movement)
    except MovementFileError as error:
        return [f"{folder.name}/{problem}" for problem in error.problems]
    return []


def _load_answered_issues() -> dict[str, set[str]]:
    """Load which issues of which movement the packaged cards answer."""
    from orchestration.knowledge_backend import STARTER_FOLDER
    from sportsgpt_lib.knowledge.collection import load_collection

    answered: dict[str, set[str]] = {}
    for card in load_collection(STARTER_FOLDER).all_cards:
        for movement in card.movements:
            answered.setdefault(movement, set()).update(card.issues)
    return answered


def _describe_target_models(settings: Settings, movement: Movement) -> str:
    from orchestration.resources import build_reference_library

    library = build_reference_library(settings)
    try:
        models = library.load(movement)
    except SportsGptError as error:
        return f"target models: {error.found}; see `sportsgpt reference check`"
    if models:
        named = ", ".join(f"{one.reference_id}@{one.version}" for one in models)
        return f"{len(models)} target models: {named}"
    if movement.event_model == "none":
        return (
            "no target model, and no event tells its keyframes: every recording is "
            "stopped (no_target_model) until you make one, see docs/references.md"
        )
    return "no target model: repetitions come from events alone"
