"""``sportsgpt kb``: the knowledge base."""

from typing import Annotated

import typer
from rich.markup import escape

from orchestration.cli.console import CONSOLE, ERRORS, StepPrinter
from orchestration.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="The knowledge base.")


@app.command()
def ingest() -> None:
    """Ingest the knowledge sources; what did not change is not embedded again."""
    from orchestration.environment import prepare
    from orchestration.runs import run_knowledge_base

    settings = load_settings()
    prepare(settings)
    outcome = run_knowledge_base(settings, StepPrinter())
    for step, error in outcome.failures.items():
        ERRORS.print(f"[bold red]Failed[/] {escape(step)}: {escape(error)}")
    if not outcome.success:
        raise typer.Exit(1)


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="What to look for, in words.")],
    limit: Annotated[int, typer.Option(min=1, help="Passages at most.")] = 5,
) -> None:
    """Search the knowledge base and print passages with their sources."""
    from orchestration.environment import prepare
    from orchestration.resources import build_retriever

    settings = load_settings()
    prepare(settings)
    passages = build_retriever(settings).retrieve(question, wanted=limit)
    if not passages:
        CONSOLE.print("The knowledge base holds nothing close enough.")
    for passage in passages:
        CONSOLE.print(f"[bold]{escape(passage.title)}[/] ({escape(passage.source_id)})")
        CONSOLE.print(escape(passage.text), style="dim")
