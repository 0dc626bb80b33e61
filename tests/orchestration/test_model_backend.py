import pytest

from orchestration.model_backend import (
    build_model_settings,
    build_writers,
    describe_writer,
)
from orchestration.settings import Settings
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.guidance.model_writer import ModelWriter
from sportsgpt_lib.guidance.prompt import PROMPT_VERSION
from sportsgpt_lib.guidance.writer import DeterministicWriter

URL = "http://127.0.0.1:1/v1"
NAMED = {"model_url": URL, "model_name": "Qwen/Qwen3-8B"}


def test_no_server_means_the_deterministic_writer(settings):
    assert isinstance(build_writers(settings)(), DeterministicWriter)
    assert describe_writer(settings) == "deterministic"


def test_server_without_its_model_is_refused(home):
    with pytest.raises(SettingError, match="SPORTSGPT_MODEL_NAME") as caught:
        build_writers(Settings(model_url=URL))
    assert caught.value.fix


def test_each_run_gets_a_writer_and_so_a_budget_of_its_own(home):
    start_writer = build_writers(Settings(**NAMED))
    assert isinstance(start_writer(), ModelWriter)
    assert start_writer() is not start_writer()


def test_model_its_settings_and_prompt_decide_what_a_report_was_written_by(home):
    plain = describe_writer(Settings(**NAMED))
    assert "Qwen/Qwen3-8B" in plain
    assert PROMPT_VERSION in plain
    for change in (
        {"model_name": "another"},
        {"model_temperature": 0.5},
        {"model_seed": 1},
        {"model_thinking": False},
        {"model_answer_tokens": 99},
    ):
        assert describe_writer(Settings(**{**NAMED, **change})) != plain


def test_neither_address_nor_key_decides_what_a_report_was_written_by(home):
    elsewhere = {"model_url": "http://127.0.0.2:1/v1", "model_key": "hunter2"}
    described = describe_writer(Settings(**{**NAMED, **elsewhere}))
    assert described == describe_writer(Settings(**NAMED))
    assert "hunter2" not in described


def test_every_limit_can_be_set(home):
    built = build_model_settings(
        Settings(
            **NAMED,
            model_timeout_s=5,
            model_attempts=2,
            model_patience_s=0,
            model_concurrency=32,
            model_structured_output="off",
            model_thinking=False,
        )
    )
    assert (built.timeout_s, built.attempts, built.patience_s) == (5, 2, 0)
    assert (built.concurrency, built.structured_output) == (32, "off")
    assert built.is_thinking is False
