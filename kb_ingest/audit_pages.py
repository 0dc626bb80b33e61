"""The Data Docs of the knowledge tables: Great Expectations' pages on their audits.

Rows are judged in ``audits.py``.
"""

from pathlib import Path
from typing import Any

from kb_ingest.audits import TableAudit, build_suite, name_suite
from kb_ingest.knowledge_tables import PASSAGES, SOURCES, VECTORS
from sportsgpt_lib.storage.data_docs import write_data_docs

_TABLES = {name_suite(table): table for table in (SOURCES, PASSAGES, VECTORS)}


class KnowledgePages:
    """The pages of one ingest.

    Pages take seconds, so they are written once, when all tables were judged, or where
    one breaks its contract: nothing after it is judged then.

    Parameters
    ----------
    folder
        Holds results and pages; None = no pages are written.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._audits: dict[str, TableAudit] = {}

    def add(self, audit: TableAudit) -> Path | None:
        """Add a table's audit; the index page where pages were written."""
        if self._folder is None or not audit.result:
            return None
        self._audits[audit.table_name] = audit
        if audit.success and self._audits.keys() != _TABLES.keys():
            return None
        return write_data_docs(self._folder, tuple(self._audits.values()), _build)


def _build(table_name: str) -> Any:
    return build_suite(_TABLES[table_name])
