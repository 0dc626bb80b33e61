"""The model writer against a real HTTP server: what it sends, takes and gives up."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from sportsgpt_lib.guidance.assembly import assemble_report, is_verified
from sportsgpt_lib.guidance.model_writer import ModelWriter
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.model_service.client import ModelClient
from sportsgpt_lib.model_service.settings import ModelSettings
from sportsgpt_lib.model_service.token_budget import TokenBudget
from sportsgpt_lib.stages.guidance_reports import GuidanceReportStage

from .conftest import ATHLETE, DAY, TEAM, ShelfRetriever
from .model_server import (
    ModelServer,
    Reply,
    answer_truly,
    read_data,
    write_completion,
)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    server = ModelServer()
    yield server
    server.stop()


def connect(url: str, timeout_s: float = 60.0) -> ModelClient:
    return ModelClient(
        ModelSettings(
            base_url=url,
            model="tiny",
            api_key=SecretStr("not-a-key"),
            timeout_s=timeout_s,
            attempts=2,
            first_wait_s=0.01,
            patience_s=0.2,
        )
    )


@pytest.fixture
def client(server: ModelServer) -> ModelClient:
    return connect(server.url)


@pytest.fixture
def writer(client: ModelClient) -> ModelWriter:
    return ModelWriter(client, DeterministicWriter())


def report_of(case, writer: ModelWriter):
    return assemble_report(
        case, writer.write(case), knowledge_version="a" * 64, embedding_model="shelf@1"
    )


def answer_with(change: Callable[[dict], None]) -> Callable[[dict], str]:
    """Answer truly but for one change."""

    def speak(request: dict) -> str:
        answer = json.loads(answer_truly(request))
        change(answer)
        return json.dumps(answer)

    return speak


def claim_95(answer: dict) -> None:
    answer["findings"][0]["seen"][0]["text"] = "The knees bent 95.0 deg."


def test_a_good_answer_becomes_the_report(server, writer, stiff_case):
    server.speak(answer_truly)
    report = report_of(stiff_case, writer)
    assert report.writer.name == "model"
    assert (report.writer.model, report.writer.prompt_version) == ("tiny", "guidance-3")
    assert report.writer.fallback_reason is None
    assert report.dropped == ()
    assert "62 ± 5 deg" in report.findings[0].seen[0].text
    assert (report.plan[0].dose.sets, report.plan[0].dose.repetitions) == (3, 8)
    assert is_verified(report, stiff_case)
    assert len(server.requests) == 1


def test_thoughts_and_a_code_fence_round_the_answer_are_taken_off(
    server, writer, stiff_case
):
    server.speak(lambda r: f"<think>Hm.</think>\n```json\n{answer_truly(r)}\n```")
    assert report_of(stiff_case, writer).writer.name == "model"


UNUSABLE = [
    ("Train hard, and keep the core stable!", "not JSON"),
    ('{"summary": [{"text": "The', "not JSON"),
    ("", "empty"),
    ("<think>and so I go on and on", "empty"),
    ("{}", "breaks the schema"),
    ('{"summary": "text"}', "breaks the schema"),
    ("null", "breaks the schema"),
]


@pytest.mark.parametrize(("content", "reason"), UNUSABLE)
def test_an_unusable_answer_is_sent_back_once_then_the_fallback_writes(
    server, writer, stiff_case, content, reason
):
    server.say(content)
    report = report_of(stiff_case, writer)
    assert report.writer.name == "deterministic"
    assert reason in report.writer.fallback_reason
    assert report.plan[0].exercise == "Quiet drop landing"
    assert len(server.requests) == 2
    assert reason in server.requests[1]["messages"][-1]["content"]
    assert [sent["seed"] for sent in server.requests] == [0, 1]


def test_an_answer_that_was_cut_off_is_no_answer(server, writer, stiff_case):
    server.say("{}", finish_reason="length")
    assert "cut off" in report_of(stiff_case, writer).writer.fallback_reason


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(500, b"{}"), "status 500"),
        (Reply(404, b"{}"), "status 404"),
        (Reply(body=b"<html>502</html>"), "not a chat completion"),
        (Reply(body=b"x" * 1_000_000, repeat=10), "too long to be read"),
        (Reply(body=write_completion("{}"), cut_after=30), "connection was cut"),
        (Reply(body=b""), "not a chat completion"),
    ],
    ids=["500", "404", "HTML", "10 MB", "cut", "nothing"],
)
def test_a_server_that_does_not_serve_ends_in_a_fallback_that_says_so(
    server, writer, stiff_case, reply, reason
):
    server.reply(reply)
    report = report_of(stiff_case, writer)
    assert report.writer.name == "deterministic"
    assert reason in report.writer.fallback_reason
    assert report.is_provisional
    assert is_verified(report, stiff_case)


def test_a_server_that_hangs_ends_in_a_fallback_that_says_so(server, stiff_case):
    server.reply(Reply(wait_s=60))
    writer = ModelWriter(connect(server.url, 0.3), DeterministicWriter())
    report = report_of(stiff_case, writer)
    assert "did not answer in time" in report.writer.fallback_reason
    assert is_verified(report, stiff_case)


def test_a_wrong_number_is_sent_back_once_with_the_reason(server, writer, stiff_case):
    server.speak(answer_with(claim_95)).speak(answer_truly)
    report = report_of(stiff_case, writer)
    assert report.dropped == ()
    assert len(server.requests) == 2
    assert "95.0 deg" in server.requests[1]["messages"][-1]["content"]


def test_a_number_that_stays_wrong_is_dropped_and_listed(server, writer, stiff_case):
    server.speak(answer_with(claim_95))
    report = report_of(stiff_case, writer)
    assert "The knees bent 95.0 deg." in [part.text for part in report.dropped]
    assert all("95.0" not in part.text for part in report.findings[0].seen)
    assert is_verified(report, stiff_case)
    assert len(server.requests) == 2


def test_an_invented_exercise_is_dropped_and_listed(server, writer, stiff_case):
    server.speak(
        answer_with(lambda a: a["plan"][0].update(passage="depth-jump-from-2-m"))
    )
    report = report_of(stiff_case, writer)
    assert report.plan == ()
    assert "depth-jump-from-2-m" in [part.text for part in report.dropped]


def test_a_finding_that_is_left_out_is_asked_for(server, writer, stiff_case):
    server.speak(answer_with(lambda a: a["findings"].clear())).speak(answer_truly)
    report = report_of(stiff_case, writer)
    assert report.findings[0].seen
    assert "stiff_landing" in server.requests[1]["messages"][-1]["content"]


def test_an_answer_that_says_nothing_is_replaced_by_the_fallback(
    server, writer, stiff_case
):
    server.say('{"summary": [], "strengths": [], "findings": [], "plan": []}')
    report = report_of(stiff_case, writer)
    assert "none of its sentences" in report.writer.fallback_reason
    assert report.findings[0].seen


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.update(summary=a["summary"] * 300),
        lambda a: a["summary"][0].update(text="Land softly. " * 60),
    ],
    ids=["sentences", "letters"],
)
def test_an_answer_longer_than_a_report_is_refused(server, writer, stiff_case, change):
    server.speak(answer_with(change))
    fallback_reason = report_of(stiff_case, writer).writer.fallback_reason
    assert "breaks the schema" in fallback_reason


def test_an_athlete_of_whom_nothing_was_judged_costs_no_question(
    server, writer, stiff_case
):
    report = report_of(replace(stiff_case, movements=(), issues=()), writer)
    assert server.requests == []
    assert report.writer.fallback_reason is None


def test_what_is_over_the_budget_is_written_without_the_model(
    server, client, stiff_case
):
    server.speak(answer_truly)
    writer = ModelWriter(client, DeterministicWriter(), TokenBudget(100))
    report = report_of(stiff_case, writer)
    assert "100 tokens" in report.writer.fallback_reason
    assert server.requests == []


def test_exercises_that_do_not_suit_are_not_offered(
    server, writer, stiff_case, monkeypatch
):
    monkeypatch.setattr(
        "sportsgpt_lib.guidance.offered.is_suited", lambda passage, limits: False
    )
    server.speak(answer_truly)
    report_of(stiff_case, writer)
    data = read_data(server.requests[0])
    assert {part["kind"] for part in data["passages"]} <= {"technique", "answer"}
    offered = {part["id"] for part in data["passages"]}
    assert set(data["issues"][0]["passages"]) <= offered


def test_the_case_goes_out_in_the_language_of_the_report(server, writer, stiff_case):
    server.speak(answer_truly)
    writer.write(replace(stiff_case, language="zh"))
    instructions = server.requests[0]["messages"][0]["content"]
    assert "简体中文" in instructions
    writer.write(stiff_case)
    assert "British English" in server.requests[-1]["messages"][0]["content"]


def test_a_report_in_chinese_is_written_and_kept_whole(server, writer, stiff_rows):
    stage = GuidanceReportStage(ShelfRetriever(), writer, "zh")
    case = stage.build_case(TEAM, DAY, ATHLETE, stiff_rows.tables())
    server.speak(answer_truly)
    report = report_of(case, writer)
    assert (report.writer.name, report.language) == ("model", "zh")
    assert report.dropped == ()
    assert "62 ± 5 度" in report.findings[0].seen[0].text
    data = read_data(server.requests[0])
    assert data["movements"][0]["name"] == "跳落着地"
    assert all("。" in part["text"] for part in data["passages"])


def test_the_schema_is_asked_for(server, writer, stiff_case):
    server.speak(answer_truly)
    report_of(stiff_case, writer)
    asked = server.requests[0]["response_format"]["json_schema"]
    assert (asked["name"], asked["strict"]) == ("guidance", True)
    assert asked["schema"]["required"] == ["summary", "strengths", "findings", "plan"]


def test_a_prompt_that_changes_gets_a_new_version():
    folder = Path(__file__).parents[2] / "sportsgpt_lib" / "guidance" / "prompts"
    assert {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in folder.iterdir()
    } == {
        "guidance_2.md": "b333d08bf75f",
        "guidance_3_en.md": "e39b5d74ec24",
        "guidance_3_zh.md": "118cc691df70",
    }
