"""Dagster's page and daemon over a real home: they load, see a session, and run it."""

import json
import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestration.run_locks import is_orphaned
from tests.integration.browser import open_browser, open_page
from tests.integration.conftest import Night
from tests.integration.data_home import DataHome, partition, wait_until
from tests.integration.footage import write_walker_session

pytestmark = pytest.mark.integration

LATE = partition("late-club", "2026-01-18")
READY_WITHIN_S = 60.0
RUN_WITHIN_S = 120.0
WORKSPACE = """{ workspaceOrError { ... on Workspace { locationEntries {
    name loadStatus locationOrLoadError { __typename
        ... on RepositoryLocation { repositories {
            assetNodes { assetKey { path } } jobs { name }
            sensors { name sensorState { status } }
            schedules { name scheduleState { status } }
        } } } } } } }"""
RUNS = """{ runsOrError(limit: 20) { ... on Runs { results {
    runId status tags { key value } } } } }"""


@dataclass
class WebPage:
    """A running ``sportsgpt ui``."""

    home: DataHome
    port: int
    process: "subprocess.Popen[str]"
    log: Path
    was_locked_at_first_step: bool = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, query: str) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - always our own http address
            f"{self.address}/graphql",
            json.dumps({"query": query}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            data: dict[str, Any] = json.load(answer)["data"]
        return data

    def runs_of(self, key: str) -> list[dict[str, Any]]:
        runs = self.ask(RUNS)["runsOrError"]["results"]
        wanted = {"key": "dagster/partition", "value": key}
        return [run for run in runs if wanted in run["tags"]]

    def has_answered(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return bool(self.ask("{ version }"))
        except OSError:
            return False


@pytest.fixture(scope="module")
def web_page(
    night: Night, walker_clip: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WebPage]:
    folder = tmp_path_factory.mktemp("ui")
    inbox = folder / "inbox"
    session = inbox / LATE.team_id / LATE.session_day.isoformat()
    write_walker_session(session, walker_clip)
    page = start(night.home, inbox, folder / "ui.log")
    page.was_locked_at_first_step = wait_for_first_step(page)
    yield page
    os.killpg(page.process.pid, signal.SIGINT)
    assert page.process.wait(timeout=60) == 0, page.log.read_text()[-2000:]


def start(home: DataHome, inbox: Path, log: Path) -> WebPage:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = home.environment(
        SPORTSGPT_INBOX=str(inbox), SPORTSGPT_INBOX_QUIET_S="0"
    )
    with log.open("w") as output:
        process = home.start_logged(("ui", "--port", str(port)), environment, output)
    page = WebPage(home, port, process, log)
    wait_until(page.has_answered, "the page answers", timeout_s=READY_WITHIN_S)
    return page


def wait_for_first_step(page: WebPage) -> bool:
    """Wait for the daemon's run; returns whether it holds its lock."""
    line = "training__recordings - STEP_START"
    wait_until(lambda: line in page.log.read_text(), line, timeout_s=RUN_WITHIN_S)
    (run,) = page.runs_of(str(LATE))
    lock = page.home.folder / "locks" / "runs" / f"{run['runId']}.lock"
    return lock.exists() and not is_orphaned(page.home.folder, run["runId"])


def locations(page: WebPage) -> dict[str, dict[str, Any]]:
    entries = page.ask(WORKSPACE)["workspaceOrError"]["locationEntries"]
    return {entry["name"]: entry for entry in entries}


def test_both_code_locations_are_loaded(web_page):
    found = locations(web_page)
    assert set(found) == {"training", "knowledge"}
    for entry in found.values():
        assert entry["loadStatus"] == "LOADED"
        assert entry["locationOrLoadError"]["__typename"] == "RepositoryLocation"


def test_sensor_and_schedule_are_switched_on(web_page):
    training = locations(web_page)["training"]["locationOrLoadError"]
    (repository,) = training["repositories"]
    sensors = {s["name"]: s["sensorState"]["status"] for s in repository["sensors"]}
    nights = {s["name"]: s["scheduleState"]["status"] for s in repository["schedules"]}
    assert sensors == {"finished_sessions": "RUNNING"}
    assert nights == {"nightly": "RUNNING"}


def test_the_page_opens_in_a_browser(web_page, tmp_path):
    with open_browser(tmp_path / "profile") as browser:
        page = open_page(browser, web_page.address + "/locations", own=("http://127",))
        for location in ("knowledge", "training"):
            page.get_by_text(location).first.wait_for(timeout=30_000)
        assert "Code locations" in page.title()


def test_the_daemon_runs_a_finished_session(web_page):
    def has_ended() -> bool:
        words = [run["status"] for run in web_page.runs_of(str(LATE))]
        assert "FAILURE" not in words, web_page.log.read_text()[-4000:]
        return "SUCCESS" in words

    wait_until(has_ended, "the daemon's run succeeds", timeout_s=RUN_WITHIN_S)
    rows = web_page.home.published_rows(LATE)["kismam_metrics"]
    assert rows.in_duckdb == rows.in_postgres
    assert len(rows.in_postgres) > 0


def test_a_run_of_the_daemon_shows_that_it_is_alive(web_page):
    assert web_page.was_locked_at_first_step
