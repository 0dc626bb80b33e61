import shutil
import sys
from types import SimpleNamespace

import pytest

from orchestration.cli import doctor
from orchestration.settings import Settings, load_settings
from sportsgpt_lib.knowledge.embedding_models import ModelRegistry
from sportsgpt_lib.sports.loader import load_movement_folder


def test_right_python_is_well_and_another_is_not(settings, monkeypatch):
    assert doctor._check_python(settings).fix is None
    monkeypatch.setattr(doctor, "sys", SimpleNamespace(version_info=(3, 12, 4)))
    finding = doctor._check_python(settings)
    assert finding.found == "3.12.4"
    assert "scripts/install" in finding.fix


def test_package_without_what_it_needs_is_found(settings, tmp_path, monkeypatch):
    info = tmp_path / "lonely-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: lonely\nVersion: 1.0\n"
        "Requires-Dist: a-package-that-nobody-made\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    finding = doctor._check_packages(settings)
    assert "requires a-package-that-nobody-made" in finding.found
    assert "scripts/install" in finding.fix


def test_video_library_that_does_not_load_is_found(settings, monkeypatch):
    assert doctor._check_video_library(settings).fix is None
    monkeypatch.setitem(sys.modules, "cv2", None)
    assert "apt-get install" in doctor._check_video_library(settings).fix


def test_full_disk_is_found(settings, home, monkeypatch):
    free = 7 * 1024**3
    usage = SimpleNamespace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    well = doctor._check_home(settings)
    assert well.fix is None
    assert well.found == f"{home}, 7 GiB free"
    usage.free = 4 * 1024**3
    assert "SPORTSGPT_HOME" in doctor._check_home(settings).fix


def test_pose_network_is_named_or_its_fix_is(home):
    well = doctor._check_pose_network(load_settings())
    assert well.fix is None
    assert "mediapipe" in well.found
    wrong = doctor._check_pose_network(Settings(pose_backend="rtmpose_onnx"))
    assert wrong.fix


def test_a_wrong_target_model_is_found_before_the_night(settings):
    well = doctor._check_target_models(settings)
    assert (well.found, well.fix) == ("3, all in order", None)
    folder = settings.references_folder / "walking_stride"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text("kind = 1", encoding="utf-8")
    (settings.references_folder / "walkin").mkdir()
    wrong = doctor._check_target_models(settings)
    assert f"{settings.references_folder}/walkin/ is no movement" in wrong.found
    assert wrong.found.endswith("; and 1 more")
    assert "sportsgpt reference check" in wrong.fix


def test_a_folder_of_target_models_that_is_not_mounted_is_found(home, tmp_path):
    settings = Settings(references=tmp_path / "share")
    assert "which is no folder" in doctor._check_target_models(settings).found
    (tmp_path / "share").mkdir()
    assert doctor._check_target_models(settings).fix is None
    (tmp_path / "share" / "walking_stride").touch()
    assert "Not a directory" in doctor._check_target_models(settings).found


@pytest.mark.integration
def test_databases_that_answer_are_well(own_server, home):
    assert doctor._check_databases(load_settings()).fix is None


def test_databases_that_do_not_answer_are_found(home):
    settings = Settings(postgres_url="postgresql://o:hunter2@127.0.0.1:1/sportsgpt")
    finding = doctor._check_databases(settings)
    assert "server is up" in finding.fix
    assert "hunter2" not in finding.found


def report(finding: doctor.Finding):
    return lambda _settings: finding


@pytest.mark.parametrize(
    ("fix", "exit_code", "shown"), [(None, 0, "ok"), ("mend [it]", 1, "wrong")]
)
def test_anything_wrong_makes_the_exit_code_1(call, monkeypatch, fix, exit_code, shown):
    well = doctor.Finding("first", "as [it] is")
    monkeypatch.setattr(
        doctor, "_CHECKS", (report(well), report(doctor.Finding("second", "so", fix)))
    )
    result = call("doctor")
    assert result.exit_code == exit_code
    assert "ok    first: as [it] is" in result.stdout
    assert f"{shown:<5} second: so" in result.stdout
    assert ("Fix: mend [it]" in result.stdout) is (fix is not None)
    assert "extras installed:" in result.stdout


def test_every_check_of_the_module_is_run():
    checks = {name for name in vars(doctor) if name.startswith("_check_")}
    assert {check.__name__ for check in doctor._CHECKS} == checks


@pytest.mark.integration
def test_what_is_wrong_with_the_knowledge_base_is_found(
    own_server, tmp_path, monkeypatch
):
    # Other tests leave models on the server that all share.
    monkeypatch.setattr(ModelRegistry, "find_active", lambda _: None)
    well = doctor._check_knowledge(load_settings())
    assert "embedded by all-MiniLM-L6-v2" in well.found
    assert well.fix is None
    other = SimpleNamespace(name="words@1")
    monkeypatch.setattr(ModelRegistry, "find_active", lambda _: other)
    switched = doctor._check_knowledge(load_settings())
    assert switched.found.startswith("words@1 is active, not all-MiniLM-L6-v2")
    assert "sportsgpt kb reembed" in switched.fix
    missing = doctor._check_knowledge(Settings(knowledge=str(tmp_path / "missing")))
    assert "is no folder" in missing.found
    assert "existing folders" in missing.fix
    (tmp_path / "bare").mkdir()
    bare = doctor._check_knowledge(Settings(knowledge=str(tmp_path / "bare")))
    assert "has no kb_sources.toml" in bare.found
    assert "sportsgpt kb admit" in bare.fix


def test_a_wrong_movement_is_found_before_the_night(settings, tmp_path, monkeypatch):
    well = doctor._check_movements(settings)
    assert well.fix is None
    assert well.found.endswith(", all in order")
    folder = tmp_path / "squat"
    folder.mkdir()
    (folder / "movement.toml").write_text("name = 1")
    monkeypatch.setattr(doctor, "movement_names", lambda: ("squat",))
    monkeypatch.setattr(doctor, "load_movement", lambda _: load_movement_folder(folder))
    wrong = doctor._check_movements(settings)
    assert wrong.found.startswith("squat/movement.toml: ")
    assert "more" in wrong.found
    assert "sportsgpt movements check" in wrong.fix
