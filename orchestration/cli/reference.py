"""``sportsgpt reference``: target models, packaged and one's own."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE
from orchestration.settings import Settings, load_settings
from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement, movement_names
from sportsgpt_lib.sports.problem_wording import list_allowed
from sportsgpt_lib.target_models.annotation import (
    FORMAT,
    AnnotatedRecording,
    AnnotationFile,
    build_template,
    load_annotation,
)
from sportsgpt_lib.target_models.annotation_checks import list_annotation_problems
from sportsgpt_lib.target_models.building import BuiltReference, build_reference
from sportsgpt_lib.target_models.files import ReadReference, read_reference
from sportsgpt_lib.target_models.library import ReferenceLibrary, list_double_ids
from sportsgpt_lib.target_models.own_folder import FORMER_FOLDER
from sportsgpt_lib.target_models.reference import CyclicReference, Reference
from sportsgpt_lib.target_models.sealing import seal_reference
from sportsgpt_lib.target_models.toml_problems import read_toml

app = typer.Typer(no_args_is_help=True, help="Target models, packaged and one's own.")


@app.command()
def template(
    movement: Annotated[str, typer.Argument(help="Such as walking_stride.")],
    team: Annotated[str, typer.Option(help="Team of the recording.")] = "",
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its day.")
    ] = None,
    clip: Annotated[str, typer.Option(help="Its clip, as session.toml says it.")] = "",
) -> None:
    """Print an annotation to be filled in: sportsgpt reference template … > my.toml."""
    recording = None
    if team or day or clip:
        chosen = day.date() if day else date(2026, 1, 15)
        recording = AnnotatedRecording.model_construct(
            team=team, day=chosen, clip=clip, athlete=None
        )
    typer.echo(build_template(load_movement(movement), recording), nl=False)


@app.command()
def add(
    annotation: Annotated[Path, typer.Argument(help="The annotation, a TOML file.")],
) -> None:
    """Make a target model of a processed recording of role "reference".

    The next run of the movement uses it. A changed one of the same id gets the next
    version; the old one is kept beside it in the folder "former".
    """
    settings = load_settings()
    annotated = load_annotation(annotation)
    movement = _find_movement(annotated)
    built = _build(settings, annotated, movement)
    library = _open_library(settings)
    reference_id = annotated.annotation.id
    made = library.add(movement, reference_id, built.toml_text, built.csv_text)
    place = settings.references_folder / movement.name / f"{reference_id}.toml"
    CONSOLE.print(
        f"[bold]{escape(made.versioned_id)}[/] is a target model of "
        f"{escape(movement.name)} now: {_describe_size(made)}, "
        f"{len(made.file.keyframes)} keyframes, sha256 {made.sha256[:12]}.\n"
        f"It lies in {escape(str(place))}; the next run of this movement uses it."
    )


@app.command("list")
def list_references(
    movement: Annotated[str | None, typer.Argument(help="Default: all.")] = None,
) -> None:
    """List the target models that runs use, and where they are from."""
    library = _open_library(load_settings())
    names = (load_movement(movement).name,) if movement else movement_names()
    problems = list(library.list_unused())
    for name in names:
        read = library.read(load_movement(name))
        problems += [*_list_problems(read), *list_double_ids(read)]
        usable = [one for one in read if one.reference is not None]
        CONSOLE.print(f"[bold]{escape(name)}[/]{'' if usable else ': none'}")
        for one in usable:
            _print_line(one, is_own=library.is_own(one.path))
    _refuse(problems)


@app.command()
def check(
    path: Annotated[
        Path | None,
        typer.Argument(help="A .toml file or a folder. Default: all that runs use."),
    ] = None,
) -> None:
    """Check target models and list every problem with file, line and fix."""
    library = _open_library(load_settings())
    read, problems = [], []
    if path is None:
        problems += library.list_unused()
        for name in movement_names():
            found = library.read(load_movement(name))
            problems += list_double_ids(found)
            read += found
    else:
        for file in _find_files(path):
            movement_name, problem = _read_movement(file)
            if movement_name is None:
                problems.append(problem)
            else:
                read.append(read_reference(file, load_movement(movement_name)))
    _refuse([*problems, *_list_problems(read)])
    CONSOLE.print(f"{len(read)} target model(s) checked, all in order.")


@app.command()
def seal(
    path: Annotated[Path, typer.Argument(help="The .toml file that was changed.")],
) -> None:
    """Give a changed target model its next version, so that runs use it again."""
    movement_name, problem = _read_movement(path)
    if movement_name is None:
        _refuse([problem])
        return
    sealed = seal_reference(path, load_movement(movement_name))
    CONSOLE.print(f"{escape(sealed.versioned_id)}, sha256 {sealed.sha256}")


@app.command()
def show(
    reference_id: Annotated[str, typer.Argument(help="Id, as `list` shows it.")],
    picture: Annotated[
        Path | None, typer.Option(help="Write curves and keyframes to this .png.")
    ] = None,
) -> None:
    """Show what a target model says of itself, and draw its curves."""
    library = _open_library(load_settings())
    wanted = reference_id.partition("@")[0]
    known: dict[str, tuple[Movement, Reference]] = {}
    for name in movement_names():
        movement = load_movement(name)
        for one in library.read(movement):
            if one.reference is not None:
                known[one.reference.reference_id] = (movement, one.reference)
    if wanted not in known:
        raise MovementFileError(
            reference_id,
            f"no usable target model is called so; {list_allowed(wanted, known)}",
            "use one of these ids; `sportsgpt reference check` tells unusable ones",
        )
    movement, reference = known[wanted]
    said = reference.file.model_dump(exclude={"keyframes", "recording"})
    said |= reference.file.recording.model_dump() if reference.file.recording else {}
    for key, value in said.items():
        if value is not None:
            shown = ", ".join(value) if isinstance(value, tuple) else str(value).strip()
            CONSOLE.print(f"[dim]{key}[/]  {escape(' '.join(shown.split()))}")
    for mark in reference.file.keyframes:
        when = mark.model_dump()
        place = f"{when['cycle_pct']:g} %" if "cycle_pct" in when else None
        place = place or f"{when['time_s']:.3f} s"
        CONSOLE.print(f"[dim]keyframe[/]  {place}  {escape(mark.name)} ({mark.leg})")
    if picture is not None:
        from sportsgpt_lib.reporting.reference_plot import draw_reference

        drawn = draw_reference(movement, reference)
        try:
            picture.write_bytes(drawn)
        except OSError as error:
            raise MovementFileError(
                str(picture),
                f"the picture cannot be written: {error.strerror}",
                "give a file in a folder that you may write to",
            ) from error
        CONSOLE.print(f"Drew {escape(str(picture))}")


def _print_line(read: ReadReference, *, is_own: bool) -> None:
    """Print what a target model is, in four lines."""
    if (reference := read.reference) is None:
        return
    file = reference.file
    marks = ", ".join(dict.fromkeys(mark.name for mark in file.keyframes))
    source = file.recorded_by or (file.doi and f"doi:{file.doi}") or file.citation
    CONSOLE.print(
        f"  [bold]{escape(reference.versioned_id)}[/]  {file.kind}, "
        f"{_describe_size(reference)}; {'own' if is_own else 'packaged'}"
    )
    for key, value in (
        ("level", file.level),
        ("licence", file.licence),
        ("keyframes", marks),
        ("from", source),
    ):
        CONSOLE.print(f"    [dim]{key}:[/] {escape(' '.join(str(value).split()))}")


def _open_library(settings: Settings) -> ReferenceLibrary:
    # Dagster comes with it, which --help need not wait for.
    from orchestration.resources import build_reference_library

    return build_reference_library(settings)


def _find_movement(annotated: AnnotationFile) -> Movement:
    name = annotated.annotation.movement
    if name in movement_names():
        return load_movement(name)
    raise MovementFileError(
        annotated.file.name,
        f"{annotated.file.point(('movement',))} = {name!r} is no movement; "
        f"{list_allowed(name, movement_names())}",
        f"write one of these; {FORMAT}",
    )


def _build(
    settings: Settings, annotated: AnnotationFile, movement: Movement
) -> BuiltReference:
    """Build a target model, or refuse with everything that stands in the way."""
    from orchestration.resources import build_lake
    from sportsgpt_lib.stages.reference_recording import find_recording

    found = find_recording(build_lake(settings), annotated)
    problems = list(found.problems)
    built = BuiltReference("", "")
    if found.angles is None:
        problems += list_annotation_problems(annotated, movement)
    else:
        built = build_reference(annotated, movement, found.angles)
        problems += built.problems
    if problems:
        raise MovementFileError(
            annotated.file.name,
            f"no target model can be made of it: {len(problems)} "
            f"problem{'s' if len(problems) > 1 else ''}",
            f"correct each line named above; {FORMAT}",
            problems=problems,
        )
    return built


def _find_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise MovementFileError(
            str(path), "there is no such file or folder", "give its right path"
        )
    found = sorted(
        file
        for file in path.rglob("*.toml")
        if not any(
            part == FORMER_FOLDER or part.startswith(".")
            for part in file.relative_to(path).parts
        )
    )
    if not found:
        raise MovementFileError(
            str(path), "there is no .toml file in it", "give the folder that has them"
        )
    return found


def _read_movement(path: Path) -> tuple[str | None, str]:
    """Read the movement that a file names, or say why it names none."""
    file = read_toml(path)
    name = file.tables.get("movement")
    if file.problem is not None or name in movement_names():
        return (None, file.problem) if file.problem else (str(name), "")
    where = file.point(("movement",))
    return None, f"{where} = {name!r}; {list_allowed(name, movement_names())}"


def _list_problems(read: list[ReadReference]) -> list[str]:
    return [problem for one in read for problem in one.problems]


def _refuse(problems: list[str]) -> None:
    if problems:
        raise MovementFileError(
            "target models",
            f"{len(problems)} problem{'s' if len(problems) > 1 else ''}",
            "correct each line named above; the schema is in docs/references.md",
            problems=problems,
        )


def _describe_size(reference: Reference) -> str:
    if isinstance(reference, CyclicReference):
        return f"{reference.file.cycle_duration_s:.2f} s a cycle"
    return f"{reference.file.end_s - reference.file.start_s:.2f} s"
