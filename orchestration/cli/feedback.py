"""``sportsgpt feedback``: what coaches answer to findings and exercises."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE, ERRORS
from orchestration.cli.tables import print_table
from orchestration.clock import utc_now
from orchestration.settings import Settings, load_settings
from sportsgpt_lib.storage.feedback_tables import REASONS

if TYPE_CHECKING:  # heavy to import; see the package's charter
    from collections.abc import Sequence

    from sportsgpt_lib.feedback.answers import CoachAnswer
    from sportsgpt_lib.feedback.store import FeedbackStore, ReportItem

app = typer.Typer(
    no_args_is_help=True,
    help="What coaches answer to findings and exercises; nothing moves by it.",
)
_By = Annotated[
    str | None, typer.Option(help="Pseudonym or role of the coach; never a name.")
]
_Team = Annotated[str | None, typer.Option(help="Of this team only.")]


@app.command()
def give(
    report: Annotated[str, typer.Argument(help="Id of the report, from its sheet.")],
    item: Annotated[
        str,
        typer.Argument(help="A finding as movement/issue, or an exercise's passage."),
    ],
    answer: Annotated[str, typer.Argument(help="agree, disagree or no_opinion.")],
    by: _By = None,
    reason: Annotated[
        str | None, typer.Option(help="Why, where you disagree; one of a closed list.")
    ] = None,
) -> None:
    """Answer to one finding or exercise of a report; a later answer counts instead."""
    from pydantic import ValidationError

    from sportsgpt_lib.errors import FeedbackError
    from sportsgpt_lib.feedback.answers import ItemAnswer, build_answer

    settings, store = _open()
    found = [one for one in store.list_items([report]) if one.item_id == item]
    if not found:
        raise FeedbackError(
            f"report {report}",
            f"it has no finding or exercise {item!r}, or it was never published",
            "`sportsgpt feedback list --report ID` shows what may be answered to",
        )
    try:
        # As from a file: words are checked against the closed lists.
        part = ItemAnswer.model_validate(
            {
                "item_kind": found[0].item_kind,
                "item_id": item,
                "answer": answer,
                "reason": reason,
            }
        )
        one = build_answer(report, by, utc_now(), part)
    except (ValidationError, ValueError) as error:
        raise FeedbackError(
            "the answer",
            _tell(error),
            "answer agree, disagree or no_opinion with --by and, to disagree, a "
            f"--reason of: {', '.join(REASONS[found[0].item_kind])}",
        ) from None
    store.add([one])
    _copy(settings)
    CONSOLE.print(
        f"Stored: {escape(one.given_by)}, {one.answer}, {escape(found[0].item_name)}.",
        highlight=False,
    )


@app.command("import")
def import_files(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help=".json or .csv.")
    ],
    by: _By = None,
) -> None:
    """Store the answers of files that plan sheets handed out; twice changes nothing.

    All files are read first: one that is wrong stops them all.
    """
    from sportsgpt_lib.feedback.files import load_answers

    answers: list[CoachAnswer] = []
    for file in files:
        answers += load_answers(file, by)
    settings, store = _open()
    added = store.add(answers)
    _copy(settings)
    CONSOLE.print(
        f"{added.added_count} answer(s) stored, {added.known_count} known already."
    )


@app.command("list")
def list_answers(
    report: Annotated[
        str | None, typer.Option(help="Show what this report may be answered to.")
    ] = None,
    team: _Team = None,
) -> None:
    """List every answer that was given, the latest first; or a report's items."""
    _, store = _open()
    if report is not None:
        _print_items(report, store.list_items([report]))
        return
    rows = store.load().sort("answered_at_utc", descending=True).to_dicts()
    chosen = [row for row in rows if team in (None, row["team_id"])]
    if not chosen:
        CONSOLE.print("Nobody has answered yet.")
        return
    columns = (
        *("answered_at_utc", "team_id", "session_day", "athlete_id", "item_kind"),
        *("item_name", "answer", "reason", "given_by", "report_id"),
    )
    print_table(
        CONSOLE,
        f"{len(chosen)} answers",
        [name.removesuffix("_id").replace("_", " ") for name in columns],
        [[row[name] for name in columns] for row in chosen],
    )


@app.command()
def summary(
    team: _Team = None,
    movement: Annotated[str | None, typer.Option(help="Of this movement only.")] = None,
) -> None:
    """Show agreement with its interval, beside the thresholds it asks about."""
    _, store = _open()
    items = store.summarise_items(team, movement)
    if not items:
        CONSOLE.print("Nobody has answered yet.")
        return
    asked = store.summarise_thresholds(team, movement)
    for item in items:
        definition = item["movement_sha256"]
        version = f", definition {definition[:8]}" if definition else ""
        CONSOLE.print(
            f"[bold]{escape(item['team_id'])}[/] {item['item_kind']} "
            f"[bold]{escape(item['item_name'])}[/] ({escape(item['item_id'])}): "
            f"{item['agree_count']} agree, {item['disagree_count']} disagree; share "
            f"that agrees {_write_share(item)}; last {item['latest_day']}{version}",
            highlight=False,
        )
        for row in asked:
            if all(row[name] == item[name] for name in _DEFINED):
                CONSOLE.print(f"  {escape(_describe_move(row))}", highlight=False)
    if asked:
        CONSOLE.print("No threshold moves by itself: people change them.")


_DEFINED = ("team_id", "item_id", "movement_sha256")


def _describe_move(row: "dict[str, Any]") -> str:
    where = "" if row["indicator"] == "all" else f" of {row['indicator']}"
    name = f"{row['threshold']}{where}, now {row['current_value']:.4g} {row['unit']}"
    if row["move_to_drop"] is None:
        return f"{name}: moving it alone drops none of them"
    way = "below" if row["threshold"] == "target_low" else "above"
    parts = [f"{name}: {way} {row['value_to_drop']:.4g} drops"]
    asked, left = row["asking_count"], row["unmoved_count"]
    parts.append(f"{asked - left} of {asked} findings that coaches disagree with")
    lost = row["agreed_lost_count"]
    parts.append(
        f"and {lost} that they agree with" if lost else "and none they agree with"
    )
    return " ".join(parts)


def _write_share(row: "dict[str, Any]") -> str:
    if row["agree_ratio"] is None:
        return "no opinion"
    return (
        f"{row['agree_ratio']:.0%}, {row['agree_low_ratio']:.0%} to "
        f"{row['agree_high_ratio']:.0%}"
    )


def _print_items(report: str, items: "Sequence[ReportItem]") -> None:
    from sportsgpt_lib.errors import FeedbackError

    if not items:
        raise FeedbackError(
            f"report {report}",
            "nothing of it may be answered to, or it was never published",
            "take the id from the session page or the plan sheet",
        )
    first = items[0]
    print_table(
        CONSOLE,
        f"Report {report}: {first.team_id}, {first.session_day}, {first.athlete_id}",
        ("kind", "item", "name"),
        [(one.item_kind, one.item_id, one.item_name) for one in items],
    )


def _open() -> "tuple[Settings, FeedbackStore]":
    from orchestration.environment import prepare
    from orchestration.resources import build_feedback_store

    settings = load_settings()
    prepare(settings)
    return settings, build_feedback_store(settings)


def _copy(settings: Settings) -> None:
    """Copy the answers to the analysts' database; they are stored already."""
    from orchestration.resources import build_duckdb_publisher
    from sportsgpt_lib.errors import DatabaseError

    try:
        build_duckdb_publisher(settings).refresh_kept()
    except DatabaseError as error:
        ERRORS.print(
            f"[bold yellow]Note[/]: the analysts' copy was not made: "
            f"{escape(error.found)}. The next run makes it."
        )


def _tell(error: Exception) -> str:
    from pydantic import ValidationError

    if isinstance(error, ValidationError):
        return "; ".join(
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}".removeprefix(": ")
            for one in error.errors(include_input=False, include_url=False)
        )
    return str(error)
