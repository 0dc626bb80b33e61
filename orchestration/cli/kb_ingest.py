"""``sportsgpt kb ingest`` and ``reembed``: how far, and what came of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from orchestration.cli.console import CONSOLE, ERRORS, StepPrinter
from orchestration.cli.frame_progress import open_terminal
from orchestration.cli.kb_progress import IngestProgress
from orchestration.cli.tables import print_table
from orchestration.settings import Settings, load_settings

if TYPE_CHECKING:  # heavy to import; see the package's charter
    from kb_ingest.ingest import KnowledgeIngest
    from kb_ingest.outcomes import EmbeddingCounts, SourceOutcome
    from orchestration.runs import RunOutcome
    from sportsgpt_lib.knowledge.embedding_models import ModelRegistry

# Steps that are shown; checks are shown where they fail.
_TABLES = ("knowledge__sources", "knowledge__passages", "knowledge__embeddings")


def ingest() -> None:
    """Ingest all folders of knowledge; what did not change is not done again.

    The exit code is 1 when the run failed or a collection was stopped by its manifest;
    a document in the quarantine is shown, but does not make an ingest red.
    """
    from orchestration.environment import prepare

    settings = load_settings()
    prepare(settings)
    with open_terminal() as console:
        outcome, done = run_and_show_ingest(settings, console)
        if done.made:
            _print_sources(console, done.made)
        if done.embedded is not None:
            print_embedding(console, done.embedded)
    for step, error in outcome.failures.items():
        ERRORS.print(f"[bold red]Failed[/] {escape(step)}: {escape(error)}")
    for name, manifest_error in done.stopped.items():
        ERRORS.print(
            f"[bold red]Stopped[/] collection {escape(name)}: "
            f"{escape(manifest_error.found)}; it stays as it was"
        )
        for problem in manifest_error.problems:
            ERRORS.print(f"  - {escape(problem)}")
        ERRORS.print(f"  [bold]Fix:[/] {escape(manifest_error.fix)}")
    if not outcome.success or done.stopped:
        raise typer.Exit(1)


def run_and_show_ingest(
    settings: Settings, console: Console
) -> "tuple[RunOutcome, KnowledgeIngest]":
    """Run the knowledge graph, show how far it is, and give back what it did."""
    from orchestration.knowledge_backend import build_ingest
    from orchestration.runs import run_knowledge_base

    progress = IngestProgress(console)
    done = build_ingest(settings, progress)
    printer = StepPrinter(console, progress.end_step)

    def report_step(step: str, word: str) -> None:
        if step in _TABLES or word == "failed":
            printer(step, word)

    try:
        return run_knowledge_base(settings, report_step, ingest=done), done
    finally:
        progress.end_step()


def reembed(
    model: Annotated[
        str | None,
        typer.Option(
            help="Folder or name of the model; default: that of the settings."
        ),
    ] = None,
    roll_back: Annotated[  # noqa: FBT002 - Typer declares a flag so
        bool, typer.Option("--roll-back", help="Use the model before this one again.")
    ] = False,
) -> None:
    """Embed all passages by another model beside the first, then switch to it.

    Readers use the first model until the second has every passage and its index finds
    95 % of what exact search finds.
    """
    from kb_ingest.embedding import embed_missing
    from orchestration.environment import prepare
    from orchestration.knowledge_backend import build_embedder, build_store
    from sportsgpt_lib.knowledge.embedding_models import ModelRegistry

    settings = load_settings()
    prepare(settings)
    store = build_store(settings)
    registry = ModelRegistry(store.url)
    if roll_back:
        former = registry.roll_back()
        CONSOLE.print(f"{former.name} is active again.")
        _say_setting(settings, former.name)
        return
    before = registry.find_active()
    embedder = build_embedder(settings, model)
    progress = IngestProgress(CONSOLE)
    try:
        counts = embed_missing(store, embedder, tell=progress)
    finally:
        progress.end_step()
    print_embedding(CONSOLE, counts)
    if not counts.is_active:
        raise typer.Exit(1)
    if before is None or before.name != counts.model:
        CONSOLE.print(f"{counts.model} is active now.")
        _say_limits(registry, counts.model)
    elif not counts.passages:
        CONSOLE.print("Nothing to do: it is active and has every passage.")
    _say_setting(settings, counts.model)


def _say_limits(registry: "ModelRegistry", name: str) -> None:
    """Say where it is not known how close is close for a model."""
    from sportsgpt_lib.knowledge.retrieval_abstention import (
        UNFITTED_RULE,
        choose_rule,
    )

    model = registry.find(name)
    fitted = None if model is None else model.fitted_rule
    if choose_rule(name, fitted) is UNFITTED_RULE:
        CONSOLE.print(
            "When it should return nothing was not fitted for it: until `sportsgpt kb "
            "calibrate` has done so, the words of a question alone decide."
        )


def print_embedding(console: Console, counts: "EmbeddingCounts") -> None:
    """Print what was embedded, how quickly, and what the model cannot read."""
    spent_s = counts.seconds.get("embed", 0.0)
    rate = f", {counts.passages / spent_s:.1f}/s" if counts.passages and spent_s else ""
    recall = (
        "" if counts.recall_ratio is None else f"; recall {counts.recall_ratio:.3f}"
    )
    console.print(
        f"{counts.coverage.embedded} of {counts.coverage.readable} readable passages "
        f"have a vector of {counts.model}: {counts.passages} embedded now "
        f"({spent_s:.1f} s{rate}){recall}",
        markup=False,
        highlight=False,
    )
    if counts.coverage.text_channel_only:
        console.print(
            f"{counts.coverage.text_channel_only} passages are in a language that the "
            "model does not know: they are found by their words only. "
            "SPORTSGPT_EMBEDDING_MODEL names a multilingual one."
        )


def _say_setting(settings: Settings, active: str) -> None:
    """Say where the next ingest would use another model than the active one."""
    from orchestration.knowledge_backend import build_embedder

    wanted = build_embedder(settings).model_name
    if wanted != active:
        ERRORS.print(
            f"[bold yellow]Note[/]: the settings name {escape(wanted)}, to which the "
            f"next ingest switches. To keep {escape(active)}, set "
            "SPORTSGPT_EMBEDDING_MODEL to it."
        )


def _print_sources(console: Console, made: "Sequence[SourceOutcome]") -> None:
    from kb_ingest.outcomes import STAGES

    kept = [one for one in made if one.step == "kept"]
    rows = [
        (
            one.source_id,
            one.step,
            one.passages,
            one.links,
            one.held,
            one.left_out,
            one.saved.new,
            *(round(one.seconds.get(stage, 0.0), 1) for stage in STAGES),
        )
        for one in made
        if one.step != "kept"
    ]
    if rows:
        columns = ("source", "step", "passages", "links", "held", "left out", "new")
        seconds = tuple(f"{stage} s" for stage in STAGES)
        print_table(console, "Sources", (*columns, *seconds), rows)
    if kept:
        console.print(
            f"{len(kept)} sources kept as they were: "
            f"{sum(one.passages for one in kept)} passages, "
            f"{sum(one.links for one in kept)} links, "
            f"{sum(one.held for one in kept)} held."
        )
    if any(one.held for one in made):
        console.print("`sportsgpt kb review` shows what is held, and why.")
    if any(one.left_out for one in made):
        console.print("`sportsgpt kb status` shows what was left out, with the fix.")
