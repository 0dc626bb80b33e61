from collections.abc import Iterator
from typing import Any

import pytest

from sportsgpt_lib.reporting.season_page import render_season_page
from sportsgpt_lib.sports.loader import load_movement
from tests.integration.browser import open_browser, open_page
from tests.reporting.session_rows import TEAM, table
from tests.reporting.test_season_page import season_row

pytestmark = pytest.mark.integration
CUT_CELLS = """[...document.querySelectorAll('.season td, .season tbody th')]
    .filter(cell => cell.scrollWidth > cell.clientWidth + 1)
    .map(cell => cell.innerText)"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with open_browser(tmp_path_factory.mktemp("browser-profile")) as opened:
        yield opened


@pytest.mark.parametrize("width_px", [390, 700, 800, 1280])
def test_no_value_runs_into_the_next_cell(browser, tmp_path, width_px):
    lengths = {"median": 0.71, "first_session_median": 0.68}
    row = season_row(
        indicator="step_length",
        unit="body_heights",
        latest_session_median=-0.73,
        minimal_detectable_change=0.21,
        **lengths,
    )
    movements = {"walking_stride": load_movement("walking_stride")}
    file = tmp_path / "season.html"
    frame = table("season_reports", [row, season_row(repetition_count=1000)])
    file.write_text(render_season_page(TEAM, frame, movements), encoding="utf-8")
    page = open_page(browser, file.as_uri(), own=("file:",))
    page.set_viewport_size({"width": width_px, "height": 900})
    assert page.evaluate(CUT_CELLS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width_px
    page.close()
