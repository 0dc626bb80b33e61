"""``sportsgpt kb status``, ``review``, ``withdraw``: a librarian's work."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE
from orchestration.cli.tables import print_table
from orchestration.settings import Settings, load_settings

if TYPE_CHECKING:  # heavy to import; see the package's charter
    from sportsgpt_lib.knowledge.embedding_models import EmbeddingModel
    from sportsgpt_lib.knowledge.store_ingests import SourceState

_SHOWN_CHARACTERS = 600


def status() -> None:
    """Show collections, sources, models, and what is held or was left out.

    The exit code is 1 where a collection is stopped or no model is active.
    """
    from orchestration.environment import prepare
    from orchestration.knowledge_backend import build_embedder, build_store
    from sportsgpt_lib.knowledge.embedding_models import ModelRegistry
    from sportsgpt_lib.knowledge.store_ingests import list_source_states

    settings = load_settings()
    prepare(settings)
    url = build_store(settings).url
    states = list_source_states(url)
    if not states:
        CONSOLE.print("The knowledge base is empty: run `sportsgpt kb ingest`.")
        raise typer.Exit(1)
    models = ModelRegistry(url).list()
    active = next((model for model in models if model.state == "active"), None)
    _print_sources(url, states, active)
    _print_models(models, build_embedder(settings).model_name)
    _print_foreign_collections(settings, states)
    is_stopped = _print_quarantine(url)
    if is_stopped or active is None:
        raise typer.Exit(1)


def review(
    release: Annotated[
        str | None, typer.Option(help="Id of a held passage that you have read.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Your name, for the record.")] = None,
) -> None:
    """List the passages held for review with the reasons, or release one."""
    from orchestration.environment import prepare
    from orchestration.knowledge_backend import build_store
    from sportsgpt_lib.errors import SettingError

    settings = load_settings()
    if release is not None and not (by or "").strip():
        raise SettingError(
            "--by", "nobody says who read the passage", "add --by with your name"
        )
    prepare(settings)
    store = build_store(settings)
    if release is not None:
        store.release(release, str(by).strip())
        CONSOLE.print(
            f"{release} is released; `sportsgpt kb ingest` gives it its vector."
        )
        return
    held = store.list_held()
    if not held:
        CONSOLE.print("Nothing is held for review.")
    for passage in held:
        page = f", p. {passage.page_first}" if passage.page_first else ""
        CONSOLE.print(
            f"[bold]{passage.passage_id}[/] {escape(passage.source_id)}{page}: "
            f"{escape(passage.title)}",
            highlight=False,
        )
        for reason in passage.reasons:
            CONSOLE.print(f"  [yellow]{escape(reason)}[/]", highlight=False)
        shown = passage.text[:_SHOWN_CHARACTERS]
        more = " …" if len(passage.text) > len(shown) else ""
        CONSOLE.print(escape(shown + more), style="dim", highlight=False)


def withdraw(
    source: Annotated[str, typer.Argument(help="Id of the source in its manifest.")],
    reason: Annotated[
        str | None, typer.Option(help="Why it is not to be used any more.")
    ] = None,
    undo: Annotated[  # noqa: FBT002 - Typer declares a flag so
        bool, typer.Option("--undo", help="Take a withdrawal by command back.")
    ] = False,
) -> None:
    """Take a source out of retrieval at once; print the past reports that cite it."""
    from orchestration.environment import prepare
    from orchestration.knowledge_backend import build_store
    from sportsgpt_lib.errors import SettingError
    from sportsgpt_lib.knowledge.store_ingests import readmit_source

    settings = load_settings()
    if not undo and not (reason or "").strip():
        raise SettingError(
            "--reason",
            "a withdrawal without a reason cannot be explained later",
            'add --reason "…"',
        )
    prepare(settings)
    store = build_store(settings)
    if undo:
        readmit_source(store.url, source)
        CONSOLE.print(f"{escape(source)} is back; run `sportsgpt kb ingest`.")
        return
    withdrawal = store.withdraw(source, str(reason).strip())
    CONSOLE.print(
        f"{escape(source)} is withdrawn: nothing of it is retrieved any more."
    )
    if withdrawal.reports:
        print_table(
            CONSOLE,
            f"{len(withdrawal.reports)} past report(s) cite it",
            ("day", "team", "athlete", "report", "passages"),
            [
                (
                    r.session_day,
                    r.team_id,
                    r.athlete_id,
                    r.report_id,
                    len(r.passage_ids),
                )
                for r in withdrawal.reports
            ],
        )
    else:
        CONSOLE.print("No past report cites it.")
    for due in withdrawal.due_sources:
        CONSOLE.print(
            f"{escape(due)} shared text with it: the next `sportsgpt kb ingest` gives "
            "it passages of its own."
        )
    CONSOLE.print("Write withdrawn_reason into its manifest too, so that all know.")


def _print_sources(
    url: str, states: "tuple[SourceState, ...]", active: "EmbeddingModel | None"
) -> None:
    from sportsgpt_lib.knowledge.store_ingests import count_source_vectors

    vectors: dict[str, int] = {}
    unread: dict[str, int] = {}
    if active is not None:
        for count in count_source_vectors(url, active.vectors):
            own = vectors.get(count.source_id, 0)
            vectors[count.source_id] = own + count.vector_count
            if active.languages is not None and count.language not in active.languages:
                so_far = unread.get(count.language, 0)
                unread[count.language] = so_far + count.passage_count
    for collection in dict.fromkeys(state.collection for state in states):
        print_table(
            CONSOLE,
            f"Collection {collection}",
            (
                *("source", "licence", "owner", "trust", "passages", "vectors"),
                *("links", "held", "state"),
            ),
            [
                (
                    state.source_id,
                    state.licence,
                    state.owner,
                    state.trust_level,
                    state.passage_count,
                    vectors.get(state.source_id, 0),
                    state.link_count,
                    state.held_count,
                    _describe_state(state),
                )
                for state in states
                if state.collection == collection
            ],
        )
    for language, unread_count in unread.items():
        CONSOLE.print(
            f"{unread_count} passages in {language!r} have no vector: the active model "
            "does not know it; they are found by their words only."
        )


def _describe_state(state: "SourceState") -> str:
    if state.withdrawn_reason is not None:
        return f"withdrawn: {state.withdrawn_reason}"
    if state.made_from is not None:
        return "in use"
    # What an ingest could not read is counted as no chunks.
    return "quarantined" if state.chunk_count == 0 else "to be ingested"


def _print_models(models: "tuple[EmbeddingModel, ...]", wanted: str) -> None:
    print_table(
        CONSOLE,
        "Models",
        ("model", "state", "dimension", "languages", "recall", "limits"),
        [
            (
                model.name,
                model.state if model.table_name else "vectors deleted",
                model.dimension,
                ", ".join(model.language_list or ["all"]),
                None if model.recall_ratio is None else round(model.recall_ratio, 3),
                _describe_limits(model),
            )
            for model in models
        ],
    )
    active = [model.name for model in models if model.state == "active"]
    if active != [wanted]:
        CONSOLE.print(
            f"[yellow]The settings name {escape(wanted)}, which is not active[/]: "
            "`sportsgpt kb reembed` embeds with it and switches."
        )


def _describe_limits(model: "EmbeddingModel") -> str:
    """Describe where the limits of a model, by which it returns nothing, are from."""
    from sportsgpt_lib.knowledge.retrieval_abstention import (
        UNFITTED_RULE,
        choose_rule,
    )

    if model.fitted_rule is not None:
        return "fitted here"
    is_unknown = choose_rule(model.name, None) is UNFITTED_RULE
    return "not fitted" if is_unknown else "of the model"


def _print_foreign_collections(
    settings: Settings, states: "tuple[SourceState, ...]"
) -> None:
    from orchestration.knowledge_backend import build_folders

    named = {folder.collection for folder in build_folders(settings)}
    for collection in sorted({state.collection for state in states} - named):
        CONSOLE.print(
            f"[yellow]Collection {escape(collection)} is in no folder of "
            "SPORTSGPT_KNOWLEDGE[/]: it is searched, but not brought up to date; name "
            "its folder again, or withdraw its sources."
        )


def _print_quarantine(url: str) -> bool:
    """Print what was left out and the fix; True where a manifest stops a collection."""
    from sportsgpt_lib.knowledge.collection import MANIFEST_FILE
    from sportsgpt_lib.knowledge.store_quarantine import list_open_findings

    found = list_open_findings(url)
    if found:
        CONSOLE.print(f"[bold yellow]{len(found)} findings in the quarantine[/]")
    for one in found:
        owner = f" (admitted by {one.owner})" if one.owner else ""
        CONSOLE.print(
            f"  [bold]{escape(f'{one.collection}/{one.file_name}')}[/], "
            f"{escape(one.place)}{escape(owner)}, since {one.first_seen:%Y-%m-%d}",
            highlight=False,
        )
        CONSOLE.print(f"    found: {escape(one.finding)}", highlight=False)
        CONSOLE.print(f"    to do: {escape(one.fix)}", highlight=False)
    return any(one.file_name == MANIFEST_FILE for one in found)
