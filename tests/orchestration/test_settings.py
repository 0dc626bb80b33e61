from datetime import date

import pytest

from orchestration.settings import PROJECT_ROOT, Settings, load_settings
from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.storage.partition import PartitionKey

SECRET = "postgresql://owner:hunter2@db/sportsgpt"


def test_without_any_variable_all_lies_in_the_checkout(home, monkeypatch):
    monkeypatch.delenv("SPORTSGPT_HOME")
    settings = load_settings()
    assert settings.home == PROJECT_ROOT / "var"
    assert settings.pose_backend == "mediapipe"
    assert (settings.workers, settings.inbox_quiet_s) == (1, 120.0)
    assert settings.postgres_url is None
    assert settings.model_url is None


def test_every_path_lies_in_the_home_unless_it_is_said(home, monkeypatch):
    settings = load_settings()
    assert settings.inbox_root == str(home / "inbox")
    assert settings.lake_root == str(home / "lake")
    assert settings.duckdb_file == home / "published" / "sportsgpt.duckdb"
    blue = PartitionKey("blue", date(2026, 1, 15))
    assert settings.report_folder(blue) == home / "reports" / "blue" / "2026-01-15"
    monkeypatch.setenv("SPORTSGPT_LAKE", "s3://bucket/lake")
    monkeypatch.setenv("SPORTSGPT_INBOX", "s3://bucket/inbox")
    elsewhere = load_settings()
    assert elsewhere.lake_root == "s3://bucket/lake"
    assert elsewhere.inbox_root == "s3://bucket/inbox"


def test_every_wrong_variable_is_named_and_no_value_is_shown(home, monkeypatch):
    wrong = {
        "SPORTSGPT_WORKERS": "0",
        "SPORTSGPT_INBOX_QUIET_S": "s3cret-number",
        "SPORTSGPT_POSE_BACKEND": "s3cret-network",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=r"3 variable\(s\)") as caught:
        load_settings()
    named = [problem.partition(":")[0] for problem in caught.value.problems]
    assert sorted(named) == sorted(wrong)
    assert "s3cret" not in str(caught.value)
    assert "'mediapipe', 'mmpose' or 'rtmpose_onnx'" in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("variable", ["MODEL_URL", "JUDGE_URL", "EMBEDDING_URL"])
@pytest.mark.parametrize("address", ["localhost:8000", "hunter2", "http://", "//host"])
def test_an_address_without_its_scheme_or_host_is_refused_at_once(
    variable, address, home, monkeypatch
):
    monkeypatch.setenv(f"SPORTSGPT_{variable}", address)
    with pytest.raises(SettingError, match=r"1 variable\(s\)") as caught:
        load_settings()
    (problem,) = caught.value.problems
    assert problem.startswith(f"SPORTSGPT_{variable}: ")
    assert "write it such as http://localhost:8000/v1" in problem
    assert "hunter2" not in str(caught.value)


def test_an_address_with_its_scheme_is_taken_as_it_is(home, monkeypatch):
    for address in ("http://localhost:8000/v1", "https://[::1]:8443/v1"):
        monkeypatch.setenv("SPORTSGPT_MODEL_URL", address)
        assert load_settings().model_url == address


def test_file_is_read_and_the_environment_wins_over_it(home, tmp_path, monkeypatch):
    (tmp_path / ".env").write_text(
        f'SPORTSGPT_WORKERS=3\nSPORTSGPT_NIGHTLY_CRON="0 4 * * *"\n'
        f"SPORTSGPT_POSTGRES_URL={SECRET}\nSPORTSGPT_LAKE=\n"
    )
    monkeypatch.setenv("SPORTSGPT_WORKERS", "5")
    settings = load_settings()
    assert settings.workers == 5
    assert settings.nightly_cron == "0 4 * * *"
    assert settings.postgres_url is not None
    assert settings.postgres_url.get_secret_value() == SECRET
    assert settings.lake is None


@pytest.mark.parametrize("name", ["SPORTSGPT_WORKRES", "WORKERS_OF_SPORTSGPT"])
def test_misspelt_name_in_the_file_is_named_as_it_was_written(home, tmp_path, name):
    (tmp_path / ".env").write_text(f"{name}=hunter2\n")
    with pytest.raises(SettingError) as caught:
        load_settings()
    (problem,) = caught.value.problems
    assert problem.startswith(f"{name}: ")
    assert "hunter2" not in str(caught.value)


def test_secrets_are_hidden_wherever_settings_are_printed(home):
    settings = Settings(postgres_url=SECRET, model_key="hunter2")
    assert "hunter2" not in f"{settings} {settings!r} {settings.model_dump_json()}"
