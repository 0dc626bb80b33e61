"""Keeps the audits of a run, and writes their Data Docs.

A check of one table is one step of a run; the pages show all tables together. Judging
rows is in ``audit.py``, pages are in ``data_docs.py``.
"""

from collections.abc import Callable
from pathlib import Path

from sportsgpt_lib.storage.audit import Audit, audit_rows
from sportsgpt_lib.storage.contract import Table
from sportsgpt_lib.storage.data_docs import write_data_docs
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import TABLES


class AuditLog:
    """The audits of one run.

    Parameters
    ----------
    lake
        Where the tables are.
    docs_folder
        Finds the folder of a partition's Data Docs.
    """

    def __init__(self, lake: Lake, docs_folder: Callable[[PartitionKey], Path]) -> None:
        self._lake = lake
        self._docs_folder = docs_folder
        self._audits: dict[tuple[str, PartitionKey], Audit] = {}

    def audit(self, table: Table, partition: PartitionKey) -> Audit:
        """Judge a table's partition; a failure is written to the Data Docs at once."""
        audit = audit_rows(table, self._lake.read(table, partition))
        self._audits[table.name, partition] = audit
        if not audit.success:
            write_data_docs(self._docs_folder(partition), [audit])
        return audit

    def write(self, partition: PartitionKey) -> Path:
        """Write the Data Docs of all tables of a partition; returns the index page.

        Tables that this process has not judged yet are judged now.
        """
        audits = [
            self._audits.get((table.name, partition)) or self.audit(table, partition)
            for table in TABLES
        ]
        return write_data_docs(self._docs_folder(partition), audits)
