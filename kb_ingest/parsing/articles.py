"""Research articles in JATS (publishers, PubMed Central) and TEI (GROBID)."""

import re

from kb_ingest.parsing.builder import DocumentBuilder
from kb_ingest.parsing.formula_text import write_formula
from kb_ingest.parsing.tree_vocabulary import Vocabulary
from kb_ingest.parsing.tree_walker import TreeWalker
from kb_ingest.parsing.xml_tree import Element, get_local_name, parse_xml

JATS_MEDIA_TYPE = "application/jats+xml"
TEI_MEDIA_TYPE = "application/tei+xml"


def parse_jats(name: str, data: bytes, builder: DocumentBuilder) -> None:
    """Parse every article of a JATS file: title, abstract, body, appendices."""
    root = parse_xml(name, data, builder.limits)
    articles = [root] if get_local_name(root) == "article" else _find_articles(root)
    for article in articles:
        walker = TreeWalker(builder, _JATS)
        title = article.find(".//{*}article-meta//{*}article-title")
        if title is not None:
            walker.depth = 1
            builder.add_heading(walker.collect(title), walker.depth)
        for part in article.iterfind(".//{*}article-meta/{*}abstract"):
            _write_named_section(walker, part, "Abstract")
        for part in article:
            if get_local_name(part) in ("body", "back", "sub-article"):
                walker.visit(part)


def parse_tei(name: str, data: bytes, builder: DocumentBuilder) -> None:
    """Parse a TEI file: title, abstract, text; page breaks give page numbers."""
    root = parse_xml(name, data, builder.limits)
    walker = TreeWalker(builder, _TEI)
    title = root.find(".//{*}teiHeader//{*}titleStmt/{*}title")
    if title is not None:
        walker.depth = 1
        builder.add_heading(walker.collect(title), walker.depth)
    for part in root.iterfind(".//{*}teiHeader//{*}abstract"):
        _write_named_section(walker, part, "Abstract")
    for part in root.iterfind("{*}text"):
        walker.visit(part)


def _find_articles(root: Element) -> list[Element]:
    return [part for part in root.iter() if get_local_name(part) == "article"]


def _write_named_section(walker: TreeWalker, element: Element, title: str) -> None:
    level = walker.depth + 1
    walker.builder.add_heading(title, level)
    walker.depth += 1
    for part in element:
        if get_local_name(part) != "title":
            walker.visit(part)
    walker.depth -= 1
    walker.builder.close_sections(level)


def _visit_labelled(walker: TreeWalker, element: Element) -> None:
    """Write the label, title and caption of a figure or table, then its content."""
    told = [
        walker.collect(part)
        for part in element
        if get_local_name(part) in _CAPTION_PARTS
    ]
    walker.builder.add("caption", "\n".join(told), pages=(walker.page, walker.page))
    for part in element:
        if get_local_name(part) not in _CAPTION_PARTS:
            walker.visit(part)


def _visit_formula(walker: TreeWalker, element: Element) -> None:
    text = walker.collect(element).replace("\n", " ")
    walker.builder.add("formula", text, pages=(walker.page, walker.page))


def _read_tei_page(element: Element) -> int | None:
    if get_local_name(element) != "pb":
        return None
    number = re.search(r"\d+", element.get("n", ""))
    return int(number.group()) if number else None


_CAPTION_PARTS = frozenset({"label", "caption", "head", "figDesc", "title"})
_REFERENCES = "references"

_JATS = Vocabulary(
    ignored=frozenset({"object-id", "graphic", "inline-graphic", "tex-math", "media"}),
    left_out={
        "ref-list": _REFERENCES,
        "ack": "acknowledgements",
        "fn-group": "notes of the publisher",
        "glossary-group": "notes of the publisher",
        "permissions": "licence notes",
    },
    sections=frozenset({"sec", "app", "sub-article"}),
    titles=frozenset({"title"}),
    blocks=frozenset(
        {"p", "boxed-text", "disp-quote", "statement", "supplementary-material"}
        | {"table-wrap-foot", "fn", "attrib", "verse-group", "def-item", "caption"}
    ),
    lists=frozenset({"list"}),
    items=frozenset({"list-item"}),
    tables=frozenset({"table"}),
    rows=frozenset({"tr"}),
    cells=frozenset({"td", "th"}),
    breaks=frozenset({"break"}),
    preformatted=frozenset({"preformat", "code"}),
    special={
        "fig": _visit_labelled,
        "table-wrap": _visit_labelled,
        "disp-formula": _visit_formula,
    },
    inline={"math": write_formula},
)

_TEI = Vocabulary(
    ignored=frozenset({"teiHeader", "graphic", "facsimile"}),
    left_out={
        "listBibl": _REFERENCES,
        "fw": "running headers and footers",
    },
    sections=frozenset({"div", "div1", "div2", "div3"}),
    titles=frozenset({"head"}),
    blocks=frozenset(
        {"p", "ab", "lg", "l", "note", "quote", "q", "sp", "body", "back"}
    ),
    lists=frozenset({"list"}),
    items=frozenset({"item"}),
    tables=frozenset({"table"}),
    rows=frozenset({"row"}),
    cells=frozenset({"cell"}),
    breaks=frozenset({"lb"}),
    special={"figure": _visit_labelled, "formula": _visit_formula},
    inline={"math": write_formula},
    read_page=_read_tei_page,
)
