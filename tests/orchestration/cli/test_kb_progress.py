import io

from rich.console import Console

from orchestration.cli.kb_progress import IngestProgress
from orchestration.cli.tables import print_table


def test_a_pipe_gets_a_line_at_the_end_of_a_stage_and_no_bar():
    file = io.StringIO()
    progress = IngestProgress(Console(file=file, soft_wrap=True))
    for done in range(301):
        progress("embed", done, 300, "words@1")
    progress.end_step()
    lines = file.getvalue().splitlines()
    assert lines[-1] == "  …       300 of 300 texts embedded"
    assert len(lines) <= 2


def test_a_terminal_gets_bars_that_go_away():
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=120)
    progress = IngestProgress(console)
    progress("sources", 1, 2, "A [title]")
    progress("embed", 10, 20, "words@1")
    progress.end_step()
    assert "sources read" in file.getvalue()
    assert "A [title]" in file.getvalue()


def test_a_table_in_a_pipe_is_not_cut_short():
    file = io.StringIO()
    rows = [("a" * 90, 5, None), ("b", 12, "[odd]")]
    print_table(Console(file=file, soft_wrap=True), "T", ("name", "count", "x"), rows)
    assert file.getvalue().splitlines() == [
        "T",
        "  " + "name".ljust(90) + "  count  x",
        "  " + "a" * 90 + "      5",
        "  " + "b".ljust(90) + "     12  [odd]",
    ]


def test_a_table_on_a_terminal_has_every_cell():
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=80)
    print_table(console, "T", ("name", "count"), [("one", 1), ("two", None)])
    assert "two" in file.getvalue()
