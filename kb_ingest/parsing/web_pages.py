"""HTML: pages saved from the web, and the chapters of an EPUB."""

import re

from kb_ingest.parsing.builder import DocumentBuilder
from kb_ingest.parsing.formula_text import write_formula
from kb_ingest.parsing.tree_vocabulary import Vocabulary
from kb_ingest.parsing.tree_walker import TreeWalker
from kb_ingest.parsing.xml_tree import Element, get_local_name, parse_html

MEDIA_TYPE = "text/html"
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|"
    r"opacity\s*:\s*0(?![.\d])",
    re.IGNORECASE,
)
_NAVIGATION_ROLES = frozenset({"navigation", "banner", "contentinfo", "search"})
_AROUND_TEXT = {"header": "page header", "footer": "page footer"}
_ARTICLES = frozenset({"article", "main", "section", "blockquote", "figure"})
_PAGE_BREAK_ATTRIBUTES = ("{http://www.idpf.org/2007/ops}type", "epub:type", "role")
_PAGE_BREAKS = frozenset({"pagebreak", "doc-pagebreak"})


def parse_web_page(name: str, data: bytes, builder: DocumentBuilder) -> None:
    """Parse one page into the builder: its text, without what surrounds it."""
    walk_web_page(parse_html(name, data, builder.limits), builder)


def walk_web_page(root: Element, builder: DocumentBuilder) -> None:
    """Write the blocks of a page that is already a tree."""
    body = next((part for part in root if get_local_name(part) == "body"), root)
    TreeWalker(builder, _VOCABULARY).write(body)


def _name_hidden(element: Element) -> str | None:
    attributes = element.attrib
    if attributes.get("role") in _NAVIGATION_ROLES:
        return "navigation"
    if get_local_name(element) in _AROUND_TEXT and _is_around_page(element):
        return _AROUND_TEXT[get_local_name(element)]
    is_hidden = (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(_HIDING_STYLE.search(attributes.get("style", "")))
    )
    return "hidden text" if is_hidden else None


def _is_around_page(element: Element) -> bool:
    """Whether a header or footer is the page's, not that of an article in it."""
    has_title = next(element.iter("{*}h1", "h1"), None) is not None
    inside = {get_local_name(above) for above in element.iterancestors()}
    return not has_title and not inside & _ARTICLES


def _read_page(element: Element) -> int | None:
    """Read the page number from an EPUB's page break."""
    if all(element.get(name) not in _PAGE_BREAKS for name in _PAGE_BREAK_ATTRIBUTES):
        return None
    label = element.get("title") or element.get("aria-label") or element.get("id") or ""
    number = re.search(r"\d+", label)
    return int(number.group()) if number else None


def _visit_picture(element: Element) -> str:
    return f" {element.get('alt', '')} "


def _visit_definitions(walker: TreeWalker, element: Element) -> None:
    """Write each term with its meaning as one paragraph."""
    term = ""
    for part in element.iter("dt", "dd", "{*}dt", "{*}dd"):
        text = walker.collect(part).replace("\n", " ")
        if get_local_name(part) == "dd":
            text, term = f"{term}: {text}" if term else text, ""
            walker.builder.add("paragraph", text)
        else:
            walker.builder.add("paragraph", term)
            term = text
    walker.builder.add("paragraph", term)


_VOCABULARY = Vocabulary(
    ignored=frozenset({"script", "style", "template", "head"}),
    left_out={
        "iframe": "embedded pages and drawings",
        "object": "embedded pages and drawings",
        "canvas": "embedded pages and drawings",
        "svg": "embedded pages and drawings",
        "nav": "navigation",
        "button": "forms",
        "select": "forms",
        "textarea": "forms",
        "noscript": "text for browsers without scripts",
    },
    headings={f"h{level}": level for level in range(1, 7)},
    blocks=frozenset(
        {"p", "div", "section", "article", "main", "aside", "blockquote", "address"}
        | {"center", "dd", "dt", "details", "summary", "fieldset", "figure", "hr"}
        | {"header", "footer", "form"}
    ),
    captions=frozenset({"figcaption", "caption"}),
    lists=frozenset({"ul", "ol", "menu"}),
    numbered_lists=frozenset({"ol"}),
    items=frozenset({"li"}),
    tables=frozenset({"table"}),
    rows=frozenset({"tr"}),
    cells=frozenset({"td", "th"}),
    breaks=frozenset({"br"}),
    preformatted=frozenset({"pre"}),
    special={"dl": _visit_definitions},
    inline={"img": _visit_picture, "math": write_formula},
    name_hidden=_name_hidden,
    read_page=_read_page,
)
