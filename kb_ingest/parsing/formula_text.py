"""Writes a MathML formula on one line, so that its words and signs can be searched."""

from kb_ingest.parsing.xml_tree import Element, get_local_name

_SIGNS = {
    "mfrac": "({})/({})",
    "msup": "{}^{}",
    "msub": "{}_{}",
    "msubsup": "{}_{}^{}",
    "munder": "{}_{}",
    "mover": "{}^{}",
    "munderover": "{}_{}^{}",
    "mroot": "({})^(1/{})",
}
_NOT_SHOWN = frozenset({"annotation", "annotation-xml"})


def write_formula(math: Element) -> str:
    """Write a formula with ``/``, ``^`` and ``_`` where it has places."""
    return f" {' '.join(_write(math).split())} "


def _write(element: Element) -> str:
    tag = get_local_name(element)
    if tag in _NOT_SHOWN:
        return ""
    parts = [_write(child) for child in element if get_local_name(child)]
    if tag in _SIGNS and len(parts) == _SIGNS[tag].count("{}"):
        return _SIGNS[tag].format(*(part.strip() for part in parts))
    if tag == "msqrt":
        return f"sqrt({''.join(parts).strip()})"
    between = " " if tag in ("mtr", "mtable", "mtd") else ""
    return (element.text or "") + between.join(parts) + between
