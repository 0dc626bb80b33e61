"""``sportsgpt kb admit``: the draft of a source's entry, for review."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import ERRORS

if TYPE_CHECKING:  # heavy to import; see the package's charter
    from sportsgpt_lib.knowledge.sources import SourceLanguage


def admit(
    file: Annotated[
        Path, typer.Argument(exists=True, help="File or folder inside a collection.")
    ],
) -> None:
    """Draft the manifest's entry of a file, with its SHA-256, for review.

    It is parsed as an ingest would parse it, which tells its language, and whether it
    can be read at all.
    """
    from sportsgpt_lib.knowledge.admission import draft_source

    folder = _find_collection_folder(file)
    inside = file.absolute().relative_to(folder).as_posix()
    typer.echo(draft_source(folder, inside, language=_detect_language(file)))
    ERRORS.print(
        "Review the file, replace every TODO, sign with your name, and add the entry "
        f"to {escape(str(folder / 'kb_sources.toml'))}; then run `sportsgpt kb ingest`."
    )


def _detect_language(file: Path) -> "SourceLanguage | None":
    """Detect the language of a file's text; None where it has none that is known."""
    from kb_ingest.parsing import parse_file
    from sportsgpt_lib.errors import DocumentError
    from sportsgpt_lib.knowledge.admission import judge_kind
    from sportsgpt_lib.knowledge.sources import TOML_KINDS

    kind = judge_kind(file)
    if kind in TOML_KINDS:
        return None
    try:
        document = parse_file(file, declared_kind=kind)
    except DocumentError as error:
        ERRORS.print(
            f"[bold yellow]Note[/]: {escape(error.found)}; as it is, an ingest would "
            f"leave it out. [bold]Fix:[/] {escape(error.fix)}"
        )
        return None
    return None if document.language == "und" else document.language


def _find_collection_folder(file: Path) -> Path:
    """Find the folder above a file that has a manifest."""
    from sportsgpt_lib.errors import SettingError
    from sportsgpt_lib.knowledge.collection import MANIFEST_FILE

    for folder in file.absolute().parents:
        if (folder / MANIFEST_FILE).is_file():
            return folder
    raise SettingError(
        str(file),
        f"no folder above it has a {MANIFEST_FILE}",
        "copy it into a collection; for a new one make the folder with an empty "
        f"{MANIFEST_FILE}, and name it in SPORTSGPT_KNOWLEDGE",
    )
