"""What lies over a page of a PDF: comments and form fields. None of it is page text."""

import ctypes
from dataclasses import dataclass
from typing import Any

from pypdfium2 import raw

_CONTENTS, _VALUE = b"Contents", b"V"
# A link's words are on the page; a popup repeats its comment.
_SILENT = frozenset({raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP})
_CODE_UNIT_BYTES = 2


@dataclass(frozen=True, slots=True)
class Annotations:
    """Words of comments, words in form fields, and how many fields there are."""

    comments: str
    field_values: str
    field_count: int


def read_annotations(page: Any) -> Annotations:
    """Read what lies over an opened page."""
    comments: list[str] = []
    values: list[str] = []
    field_count = 0
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            kind = raw.FPDFAnnot_GetSubtype(annotation)
            if kind == raw.FPDF_ANNOT_WIDGET:
                field_count += 1
                values.append(_read_text(annotation, _VALUE))
            elif kind not in _SILENT:
                comments.append(_read_text(annotation, _CONTENTS))
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
    return Annotations(" ".join(comments), " ".join(values), field_count)


def _read_text(annotation: Any, key: bytes) -> str:
    size = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if size <= _CODE_UNIT_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pointer = ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR))
    raw.FPDFAnnot_GetStringValue(annotation, key, pointer, size)
    return buffer.raw[: size - _CODE_UNIT_BYTES].decode("utf-16-le", "replace")
