"""Tells a list of references from text that can be quoted.

Such passages are stored like all others, marked, so that a search may leave them out.
"""

import re
from collections.abc import Sequence

_HEADING = re.compile(
    r"[\d.\s]*(?:references?(?: list)?|reference and notes|bibliography|works cited"
    r"|literature(?: cited)?|further reading|参考文献|引用文献)[:.]?",
    re.IGNORECASE,
)
_ENTRY = re.compile(
    r"doi[:. ]\s?\S*10\.\d{4}|doi\.org/|\[(?:crossref|pubmed|google scholar)\]"
    r"|\b(?:19|20)\d\d;\s?\d+|\b\d+\(\d+\):\s?[A-Za-z]?\d+|\d+[:,]\s?\d+[-–]\d+\.",
    re.IGNORECASE,
)
# Chosen on the papers of the shared data: text of methods cites one or two in full.
_LEAST_ENTRIES = 4


def is_reference_list(section_path: Sequence[str], text: str) -> bool:
    """Tell whether a passage is part of a list of references.

    Known by its innermost heading, or by volumes, pages and DOIs of four publications.
    """
    if section_path and _HEADING.fullmatch(section_path[-1].strip()):
        return True
    return len(_ENTRY.findall(text)) >= _LEAST_ENTRIES
