"""``sportsgpt kb``: the knowledge base."""

import typer

from orchestration.cli import (
    kb_admit,
    kb_calibrate,
    kb_ingest,
    kb_librarian,
    kb_search,
)

app = typer.Typer(no_args_is_help=True, help="The knowledge base.")
app.command("ingest")(kb_ingest.ingest)
app.command("search")(kb_search.search)
app.command("show")(kb_search.show)
app.command("status")(kb_librarian.status)
app.command("review")(kb_librarian.review)
app.command("admit")(kb_admit.admit)
app.command("withdraw")(kb_librarian.withdraw)
app.command("reembed")(kb_ingest.reembed)
app.command("calibrate")(kb_calibrate.calibrate)
