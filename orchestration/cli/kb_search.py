"""``sportsgpt kb search`` and ``show``: passages, and all that is known of one."""

import json
from dataclasses import asdict
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE
from orchestration.settings import load_settings

if TYPE_CHECKING:  # heavy to import; see the package's charter
    from sportsgpt_lib.knowledge.retrieval import EvidencePassage
    from sportsgpt_lib.knowledge.store_ingests import PassageHistory
    from sportsgpt_lib.knowledge.store_wholes import WholePart


class AudienceOption(StrEnum):
    """For whom a source is written."""

    COACH = "coach"
    ATHLETE = "athlete"
    STAFF = "staff"
    CLINICIAN = "clinician"


class TrustOption(StrEnum):
    """How far a source is trusted, at least."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


def search(  # noqa: PLR0917 - Typer declares options so
    question: Annotated[str, typer.Argument(help="What to look for, in words.")],
    movement: Annotated[
        str | None, typer.Option(help="Only passages about this movement.")
    ] = None,
    issue: Annotated[
        str | None, typer.Option(help="Only passages that answer this issue.")
    ] = None,
    event: Annotated[
        str | None,
        typer.Option(help="Only what shows at this keyframe or phase of --movement."),
    ] = None,
    audience: Annotated[
        AudienceOption | None, typer.Option(help="Only sources written for them.")
    ] = None,
    licence: Annotated[
        str | None, typer.Option(help="Only sources under this licence.")
    ] = None,
    trust: Annotated[
        TrustOption | None, typer.Option(help="Only sources trusted so far at least.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Passages at most.")] = 5,
    as_json: Annotated[  # noqa: FBT002 - Typer declares a flag so
        bool, typer.Option("--json", help="Print JSON.")
    ] = False,
) -> None:
    """Search the knowledge base; show passages with scores, pages and licences."""
    from orchestration.environment import prepare
    from orchestration.knowledge_backend import build_retriever
    from sportsgpt_lib.knowledge.retrieval_query import SearchFilter

    settings = load_settings()
    _validate_names(movement, issue)
    prepare(settings)
    wanted = SearchFilter(
        movement,
        () if issue is None else (issue,),
        None if audience is None else audience.value,
        licence,
        None if trust is None else trust.value,
        event,
    )
    result = build_retriever(settings).search(question, wanted, wanted=limit)
    if as_json:
        typer.echo(json.dumps(asdict(result), ensure_ascii=False, indent=2))
        return
    if not result.passages:
        reason = result.abstained_reason or "nothing was found"
        CONSOLE.print(f"Nothing found: {escape(reason)}", highlight=False)
    for number, passage in enumerate(result.passages, start=1):
        _print_found(number, passage, result.language)


def show(
    passage_id: Annotated[
        str, typer.Argument(help="Id that a search or report shows.")
    ],
    whole: Annotated[  # noqa: FBT002 - Typer declares a flag so
        bool,
        typer.Option("--whole", help="Show the whole table, answer or section."),
    ] = False,
) -> None:
    """Show a passage with its source, page, licence and history."""
    from orchestration.environment import prepare
    from orchestration.knowledge_backend import build_store
    from sportsgpt_lib.knowledge.store_ingests import load_passage_history
    from sportsgpt_lib.knowledge.store_wholes import load_whole

    settings = load_settings()
    prepare(settings)
    url = build_store(settings).url
    history = load_passage_history(url, passage_id)
    _print_history(history)
    _print_whole(load_whole(url, passage_id), is_wanted=whole)


def _validate_names(movement: str | None, issue: str | None) -> None:
    """Refuse a movement or an issue that does not exist: nothing is filed under it."""
    from sportsgpt_lib.errors import SettingError
    from sportsgpt_lib.sports.loader import load_movement, movement_names

    names = movement_names()
    issues = {part.name for name in names for part in load_movement(name).issues}
    for option, found, allowed in (
        ("--movement", movement, names),
        ("--issue", issue, issues),
    ):
        if found is not None and found not in allowed:
            near = get_close_matches(found, allowed) or sorted(allowed)
            raise SettingError(
                option, f"{found!r} is not known", f"choose one of: {', '.join(near)}"
            )


def _print_found(number: int, passage: "EvidencePassage", language: str) -> None:
    from sportsgpt_lib.knowledge.translations import list_words

    title, *text = list_words(passage.payload, language) or (
        passage.title,
        passage.text,
    )
    CONSOLE.print(f"[bold]{number}. {escape(title)}[/]")
    part = passage.payload.get("part")
    facts = [
        passage.source_title,
        "" if part is None else f"part {part}",
        describe_pages(passage.page_first, passage.page_last),
        passage.licence,
        f"trust {passage.trust_level}",
        passage.passage_id,
    ]
    CONSOLE.print(f"   {escape(' · '.join(filter(None, facts)))}", highlight=False)
    if passage.section_path:
        CONSOLE.print(f"   in {escape(' › '.join(passage.section_path))}")
    CONSOLE.print(f"   {_describe_scores(passage)}", highlight=False)
    for copy in passage.also_in:
        pages = describe_pages(copy.page_first, copy.page_last)
        also = ", ".join(filter(None, (copy.source_title, pages)))
        CONSOLE.print(f"   also in {escape(also)}", highlight=False)
    CONSOLE.print(escape(" ".join(text)), style="dim", highlight=False)


def _describe_scores(passage: "EvidencePassage") -> str:
    vector = (
        "no vector"
        if passage.similarity is None
        else f"similarity {passage.similarity:.3f} "
        f"(place {passage.vector_place or 'none'})"
    )
    parts = [vector, f"words place {passage.text_place or 'none'}"]
    parts.append(f"fused {passage.fused_score:.4f}")
    if passage.closeness is not None:
        parts.append(f"close {passage.closeness:.3f}")
    if passage.rerank_score is not None:
        parts.append(f"re-ranked {passage.rerank_score:.3f}")
    return " · ".join(parts)


def describe_pages(first: int | None, last: int | None) -> str:
    """Describe pages; empty where there are none."""
    if first is None:
        return ""
    return f"p. {first}" if last in (None, first) else f"pp. {first}–{last}"


def _print_history(history: "PassageHistory") -> None:
    passage = history.passage
    CONSOLE.print(f"[bold]{escape(passage.title)}[/]")
    CONSOLE.print(escape(passage.text), highlight=False)
    edition = f", edition {passage.edition}" if passage.edition else ""
    lines = {
        "source": f"{passage.source_title} ({', '.join(passage.authors)}, "
        f"{passage.year}{edition})",
        "place": " · ".join(
            filter(
                None,
                (
                    describe_pages(passage.page_first, passage.page_last),
                    " › ".join(passage.section_path),
                    f"{passage.source_id} no. {passage.chunk_no}",
                ),
            )
        ),
        "licence": f"{passage.licence}, owner {passage.owner}, "
        f"trust {passage.trust_level}, admitted by {passage.admitted_by}",
        "made as": f"{passage.kind}, {passage.language}, {passage.chunker_version}, "
        f"content {passage.content_sha256[:12]}",
        "state": _describe_state(history),
    }
    for name, words in lines.items():
        CONSOLE.print(f"[dim]{name:8}[/] {escape(words)}", highlight=False)
    for citation in passage.payload.get("citations", ()):
        CONSOLE.print(f"[dim]{'cites':8}[/] {escape(str(citation.get('text')))}")
    for copy in history.copies:
        pages = describe_pages(copy.page_first, copy.page_last)
        CONSOLE.print(
            f"[dim]{'also in':8}[/] {escape(copy.source_id)} {pages} "
            f"({copy.similarity_ratio:.0%} the same)",
            highlight=False,
        )
    for other in history.related:
        what = "the same text" if other.has_same_text else "another text in its place"
        when = "now" if other.is_current else "formerly"
        CONSOLE.print(
            f"[dim]{'history':8}[/] {when} {what}: {other.passage_id} "
            f"({escape(other.source_id)} no. {other.chunk_no}, "
            f"{other.chunker_version})",
            highlight=False,
        )


def _print_whole(parts: "tuple[WholePart, ...]", *, is_wanted: bool) -> None:
    """Print what a passage is a part of, or say that there is more of it."""
    from sportsgpt_lib.knowledge.store_wholes import (
        MOST_PARTS,
        find_missing_parts,
        join_parts,
    )

    if len(parts) <= 1:
        return
    pages = [page for part in parts for page in (part.page_first, part.page_last)]
    known = [page for page in pages if page is not None]
    place = describe_pages(min(known), max(known)) if known else ""
    what = "section" if parts[0].part_no is None else "whole"
    said = ", ".join(filter(None, (f"one of {len(parts)} passages", place)))
    if not is_wanted:
        CONSOLE.print(f"[dim]{what:8}[/] {said}; --whole shows them joined")
        return
    CONSOLE.print(f"[dim]{what:8}[/] {said}:")
    CONSOLE.print(escape(join_parts(parts)), highlight=False)
    for number in find_missing_parts(parts):
        CONSOLE.print(f"[dim]{what:8}[/] part {number} is in another source")
    if len(parts) == MOST_PARTS:
        CONSOLE.print(f"[dim]{what:8}[/] only the first {MOST_PARTS} are shown")


def _describe_state(history: "PassageHistory") -> str:
    passage = history.passage
    if passage.withdrawn_reason is not None:
        return f"not in use: its source was withdrawn ({passage.withdrawn_reason})"
    if not passage.is_current:
        return "not in use: a later edition took its place"
    reasons = "; ".join(passage.held_reasons)
    if reasons and passage.released_by is None:
        return f"held for review: {reasons}"
    if reasons:
        return f"in use, released by {passage.released_by}; it was held: {reasons}"
    return "in use"
