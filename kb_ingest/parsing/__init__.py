"""From a file that somebody else made to a document in blocks, or to a clear refusal.

``document.py`` has the shapes, ``file_parsing.py`` the way in; every other module knows
one family of formats or one danger.
"""

from kb_ingest.parsing.document import PARSER_VERSION, Block, Document, Finding
from kb_ingest.parsing.file_parsing import parse_file

__all__ = ["PARSER_VERSION", "Block", "Document", "Finding", "parse_file"]
