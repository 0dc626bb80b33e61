"""The documents are true: links lead somewhere, commands and settings exist."""

import re
import subprocess
from pathlib import Path

import click
import pytest
import typer

from orchestration.cli import app
from orchestration.settings import ENV_PREFIX, Settings
from sportsgpt_lib.knowledge.collection import load_collection
from sportsgpt_lib.pose.quality import RULES
from sportsgpt_lib.storage.pose_audit_tables import QUALITY_MEASURES, REPAIR_RULES
from sportsgpt_lib.storage.tables import TABLES

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
ADR_NAME = re.compile(r"(\d{4})-[a-z0-9-]+\.md")
NAMED_COMMAND = re.compile(r"`(?:\.venv/bin/)?sportsgpt ([a-z]+(?: [a-z]+)?)")
LEAKS = {
    "a path of one machine": re.compile(r"(?<![\w.])/(work|root|home/\w+)/\w"),
    "a package index": re.compile(r"(pypi\.org|pythonhosted|index-url|find-links)"),
    "an e-mail address": re.compile(r"\b[\w.]+@(?!example\b)[a-z]+\.(com|org|net)\b"),
}


def tracked_files():
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [
        ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()
    ]


def markdown_files():
    return [path for path in tracked_files() if path.suffix == ".md"]


def list_commands(command, prefix=""):
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from list_commands(child, f"{prefix} {name}".strip())
    else:
        yield prefix


def test_relative_links_lead_to_files():
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in markdown_files()
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not target.startswith(("http", "#", "mailto:"))
        and not (path.parent / target.split("#")[0]).exists()
    ]
    assert broken == []


def test_every_repair_and_every_measure_is_explained_with_its_limits():
    page = (ROOT / "docs" / "pose.md").read_text(encoding="utf-8")
    lines = {line.split("`")[1]: line for line in page.splitlines() if "| `" in line}
    assert set(REPAIR_RULES) <= set(lines)
    assert set(QUALITY_MEASURES) == {"athlete_margin", *RULES} <= set(lines)
    for name, rule in RULES.items():
        limits = [limit for limit in (rule.warn_limit, rule.stop_limit) if limit]
        for limit in limits:
            assert f" {limit:g}" in lines[name], name
        assert f"`{rule.reason_code}`" in lines[name]


def test_the_starter_holds_what_its_page_says():
    page = (ROOT / "docs" / "knowledge.md").read_text(encoding="utf-8")
    starter = load_collection(ROOT / "kb_ingest" / "starter")
    cards, answers = len(starter.all_cards), len(starter.all_answers)
    assert f"{cards} technique cards and {answers} answers" in page
    assert f"one of {len(starter.references)} publications" in page


def test_every_command_is_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = list(list_commands(typer.main.get_command(app)))
    assert len(commands) > 10
    assert [name for name in commands if f"`{name}" not in readme] == []


def test_commands_named_in_documents_exist():
    program = typer.main.get_command(app)
    named = {
        (path.name, words)
        for path in markdown_files()
        for words in NAMED_COMMAND.findall(path.read_text(encoding="utf-8"))
    }
    assert len(named) > 5
    assert [(name, words) for name, words in named if not exists(program, words)] == []


def exists(command, words):
    """Whether words lead to a command; what follows it may be an argument."""
    for word in words.split():
        if not isinstance(command, click.Group):
            return True
        if word not in command.commands:
            return False
        command = command.commands[word]
    return not isinstance(command, click.Group)


def test_scripts_named_in_documents_exist():
    named = {
        script
        for path in markdown_files()
        for script in re.findall(r"`\./([\w/-]+)", path.read_text(encoding="utf-8"))
    }
    assert {"demo", "test", "bench"} <= named
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_env_example_explains_every_setting_and_no_other():
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    explained = set(re.findall(rf"^# {ENV_PREFIX}(\w+)=", text, flags=re.MULTILINE))
    assert explained == {name.upper() for name in Settings.model_fields}


def test_settings_named_in_documents_exist():
    known = {ENV_PREFIX + name.upper() for name in Settings.model_fields}
    known.add("SPORTSGPT_SHARED_DATA")
    unknown = {
        f"{path.name}: {name}"
        for path in markdown_files()
        for name in re.findall(r"SPORTSGPT_[A-Z_]+", path.read_text(encoding="utf-8"))
        if name not in known and name != ENV_PREFIX
    }
    assert unknown == set()


def test_decisions_are_numbered_without_gap():
    names = sorted(path.name for path in (ROOT / "docs" / "adr").glob("*.md"))
    numbers = [int(ADR_NAME.fullmatch(name)[1]) for name in names]
    assert numbers == list(range(1, len(names) + 1))


def test_every_table_is_documented():
    text = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    assert [t.name for t in TABLES if t.qualified_name not in text] == []


def test_changelog_says_what_is_unreleased():
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("what", LEAKS)
def test_no_file_gives_away(what):
    pattern = LEAKS[what]
    own = Path(__file__).resolve()
    found = []
    for path in tracked_files():
        if path == own or path.suffix in {".png", ".svg", ".lock"}:
            continue
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        ):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_lock_names_versions_only():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


@pytest.mark.parametrize("script", ["demo", "test", "bench", ".ci/run"])
def test_scripts_of_the_readme_can_be_run(script):
    path = ROOT / script
    assert path.stat().st_mode & 0o100
    assert path.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash")
