"""What could not be ingested, as rows of the quarantine: manifests, documents, parts.

Storing and listing them is in ``sportsgpt_lib/knowledge/store_quarantine.py``.
"""

from collections.abc import Sequence

from kb_ingest.parsing.document import Finding
from sportsgpt_lib.errors import DocumentError, SportsGptError
from sportsgpt_lib.knowledge.sources import Source
from sportsgpt_lib.knowledge.store_quarantine import QuarantineFinding

WHOLE_FILE = "the whole file"
ADMISSION = "its admission"
"""Place of a finding on a file that is not the one that was admitted."""


def describe_manifest(error: SportsGptError) -> tuple[QuarantineFinding, ...]:
    """Describe why a collection cannot be read: one finding for each problem."""
    problems = error.problems or (error.found,)
    return tuple(
        QuarantineFinding(error.where, problem, error.fix) for problem in problems
    )


def describe_document(
    source: Source, findings: Sequence[Finding]
) -> tuple[QuarantineFinding, ...]:
    """Describe what was left out of a document; mere warnings are not among it."""
    return tuple(
        QuarantineFinding(
            found.where or WHOLE_FILE, found.finding, found.fix, source.admitted_by
        )
        for found in findings
        if found.severity == "quarantine"
    )


def describe_unreadable(
    source: Source, error: DocumentError
) -> tuple[QuarantineFinding, ...]:
    """Describe a document that cannot be used at all: one finding."""
    listed = f": {'; '.join(error.problems)}" if error.problems else ""
    found = f"{error.found}{listed}"
    return (QuarantineFinding(WHOLE_FILE, found, error.fix, source.admitted_by),)


def describe_fault(source: Source, fault: str) -> tuple[QuarantineFinding, ...]:
    """Describe a file that is not the one that was admitted: one finding."""
    return (
        QuarantineFinding(
            ADMISSION,
            fault,
            "review the file, then admit it as it is with `sportsgpt kb admit`; or "
            "put the admitted one back",
            source.admitted_by,
        ),
    )
