import json

import jsonschema
import pytest

from sportsgpt_lib.guidance.assembly import assemble_report
from sportsgpt_lib.guidance.report_schema import build_report_schema, name_schema_file
from sportsgpt_lib.guidance.writer import DeterministicWriter


@pytest.fixture
def published() -> dict:
    return json.loads(name_schema_file().read_text(encoding="utf-8"))


@pytest.fixture
def written(stiff_case) -> dict:
    report = assemble_report(
        stiff_case,
        DeterministicWriter().write(stiff_case),
        knowledge_version="a" * 64,
        embedding_model="shelf@1",
    )
    return json.loads(report.to_json())


def test_the_published_schema_is_that_of_the_models(published):
    assert published == build_report_schema(), (
        "run python -m sportsgpt_lib.guidance.report_schema"
    )


def test_a_report_keeps_the_published_schema(published, written):
    jsonschema.Draft202012Validator.check_schema(published)
    jsonschema.validate(written, published)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("language",), "xx"),
        (("plan", 0, "dose", "sets"), 0),
        (("findings", 0, "pattern"), "absent"),
        (("surprise",), 1),
    ],
)
def test_what_the_models_refuse_the_published_schema_refuses(
    published, written, path, value
):
    part = written
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written, published)
