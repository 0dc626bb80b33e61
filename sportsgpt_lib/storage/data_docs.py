"""Great Expectations' Data Docs: static pages on what the audits found.

One folder per partition keeps the pages few: Data Docs are slow with thousands of
results. Judging rows happens in ``audit.py``.
"""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from upath import UPath

from sportsgpt_lib.storage.atomic_files import build_temporary_path, write_atomically
from sportsgpt_lib.storage.audit import (
    build_context,
    build_suite,
    load_great_expectations,
)
from sportsgpt_lib.storage.rows import find_table

_SITE = "audits"
_RESULTS = "results"
_PAGES = "pages"
# Pictures of a tutorial that the pages, built without it, never show: 3.4 of 4.6 MB.
_UNUSED_PICTURES = ("validation_failed_unexpected_values.gif", "glossary_scroller.gif")


class AuditResult(Protocol):
    """What of an audit the pages are made from."""

    @property
    def table_name(self) -> str:
        """Name of the table's suite."""
        ...

    @property
    def result(self) -> Mapping[str, Any]:
        """Great Expectations' whole answer as JSON data, with its ``run_id``."""
        ...


def build_table_suite(table_name: str) -> Any:
    """Build the suite of a table of the lake."""
    return build_suite(find_table(table_name))


def write_data_docs(
    folder: Path,
    audits: Sequence[AuditResult],
    build_suite_of: Callable[[str], Any] = build_table_suite,
) -> Path:
    """Add audits to a folder of Data Docs and rebuild its pages.

    The latest result of each table is kept, so tables may be added one by one.

    Parameters
    ----------
    folder
        Holds the results and the pages.
    audits
        What was found now.
    build_suite_of
        Builds the suite of a table by its name; the lake's tables' by default.

    Returns
    -------
    The index page.
    """
    results = folder / _RESULTS
    for audit in audits:
        content = json.dumps(audit.result).encode()
        write_atomically(UPath(results / f"{audit.table_name}.json"), content)
    pages = folder / _PAGES
    beside = build_temporary_path(pages)
    try:
        _build_site(beside, sorted(results.glob("*.json")), build_suite_of)
        shutil.rmtree(pages, ignore_errors=True)
        beside.rename(pages)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return pages / "index.html"


def _build_site(
    folder: Path,
    result_files: Sequence[Path],
    build_suite_of: Callable[[str], Any],
) -> None:
    load_great_expectations()
    from great_expectations.core import expectation_validation_result as gx_results

    context = build_context()
    for name in context.get_site_names():
        context.delete_data_docs_site(name)
    context.add_data_docs_site(
        _SITE,
        {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(folder),
            },
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    for path in result_files:
        context.suites.add(build_suite_of(path.stem))
        schema = gx_results.expectationSuiteValidationResultSchema
        result = schema.load(json.loads(path.read_text()))
        key = _build_key(path.stem, result.meta["run_id"])
        context.validation_results_store.set(key, result)
    context.build_data_docs(site_names=[_SITE])
    for name in _UNUSED_PICTURES:
        (folder / "static" / "images" / name).unlink(missing_ok=True)


def _build_key(table_name: str, run: dict[str, str]) -> Any:
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    return ValidationResultIdentifier(
        expectation_suite_identifier=ExpectationSuiteIdentifier(table_name),
        run_id=RunIdentifier(
            run_name=run["run_name"], run_time=datetime.fromisoformat(run["run_time"])
        ),
        batch_identifier=f"{_SITE}-{table_name}",
    )
