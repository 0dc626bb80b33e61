"""Markdown with tables, front matter, formulas and pieces of HTML."""

from collections.abc import Callable, Sequence

from lxml import html
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from kb_ingest.parsing.builder import DocumentBuilder
from kb_ingest.parsing.plain_text import decode_checked
from kb_ingest.parsing.web_pages import parse_web_page

MEDIA_TYPE = "text/markdown"
_INLINE_HTML_BREAKS = ("<br", "</p", "</div", "</li")


def parse_markdown(name: str, data: bytes, builder: DocumentBuilder) -> None:
    """Parse Markdown into the builder."""
    text = decode_checked(name, data, builder)
    _MarkdownReader(name, builder).read(_build_reader().parse(text))


def _build_reader() -> MarkdownIt:
    return (
        MarkdownIt("commonmark", {"maxNesting": 100})
        .enable("table")
        .enable("strikethrough")
        .use(front_matter_plugin)
        .use(footnote_plugin)
        .use(dollarmath_plugin, allow_space=False, allow_digits=False)
        .use(amsmath_plugin)
    )


class _MarkdownReader:
    """Turns the flat list of tokens into blocks."""

    def __init__(self, name: str, builder: DocumentBuilder) -> None:
        self._name = name
        self._builder = builder
        self._tokens: Sequence[Token] = ()
        self._at = 0
        self._html: list[str] = []

    def read(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._count_links()
        while self._at < len(tokens):
            token = tokens[self._at]
            self._at += 1
            reader = _READERS.get(token.type)
            if token.type != "html_block":
                self._end_html()
            if reader is not None:
                reader(self, token)
        self._end_html()

    def _count_links(self) -> None:
        for token in self._tokens:
            for child in token.children or ():
                if child.type == "link_open" and child.info != "auto":
                    self._builder.count_link(str(child.attrGet("href")))

    def read_heading(self, token: Token) -> None:
        title = _collect_inline(self._tokens[self._at])
        self._builder.add_heading(title.replace("\n", " "), int(token.tag[1]))

    def read_paragraph(self, token: Token) -> None:
        text = _collect_inline(self._tokens[self._at])
        while self._tokens[self._at].type != token.type.replace("open", "close"):
            self._at += 1
        self._builder.add("paragraph", text)

    def read_list(self, token: Token) -> None:
        lines: list[str] = []
        numbers: list[int | None] = [_first_number(token)]
        is_new = False
        while numbers:
            inner = self._tokens[self._at]
            self._at += 1
            if inner.type in _LISTS:
                numbers.append(_first_number(inner))
            elif inner.type.endswith("_list_close"):
                numbers.pop()
            elif inner.type == "list_item_open":
                is_new = True
            elif text := _collect_content(inner):
                lines.append(_write_item(numbers, text, is_new=is_new))
                is_new = False
        self._builder.add("list", "\n".join(lines))

    def read_table(self, _: Token) -> None:
        rows: list[list[str]] = []
        while (inner := self._tokens[self._at]).type != "table_close":
            self._at += 1
            if inner.type == "tr_open":
                rows.append([])
            elif inner.type == "inline":
                rows[-1].append(_collect_inline(inner))
        self._builder.add_table(rows)

    def read_code(self, token: Token) -> None:
        self._builder.add("paragraph", token.content, payload={"is_code": True})

    def read_formula(self, token: Token) -> None:
        self._builder.add("formula", token.content)

    def read_front_matter(self, token: Token) -> None:
        self._builder.leave_out("front matter", token.content)

    def read_html(self, token: Token) -> None:
        """Keep a piece of HTML: one element may come in several pieces."""
        self._html.append(token.content)

    def _end_html(self) -> None:
        if "".join(self._html).strip():
            data = "\n".join(self._html).encode()
            parse_web_page(self._name, b"<body>" + data + b"</body>", self._builder)
        self._html.clear()


def _first_number(token: Token) -> int | None:
    is_numbered = token.type == "ordered_list_open"
    return int(token.attrs.get("start", 1)) if is_numbered else None


def _write_item(numbers: list[int | None], text: str, *, is_new: bool) -> str:
    indent = "  " * (len(numbers) - 1)
    number = numbers[-1]
    if not is_new:
        return f"{indent}  {text}"
    if number is None:
        return f"{indent}- {text}"
    numbers[-1] = number + 1
    return f"{indent}{number}. {text}"


def _collect_content(token: Token) -> str:
    if token.type == "inline":
        return _collect_inline(token).replace("\n", " ")
    if token.type == "html_block":
        return _strip_html(token.content)
    return token.content.strip()


def _collect_inline(token: Token) -> str:
    return "".join(_collect_child(child) for child in token.children or ())


def _collect_child(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " " if token.type == "softbreak" else "\n"
    if token.type == "html_inline":
        return "\n" if token.content.lower().startswith(_INLINE_HTML_BREAKS) else ""
    if token.type == "image":
        return _collect_inline(token) or token.content
    if token.type == "footnote_ref":
        return f"[{token.meta['id'] + 1}]"
    return token.content


def _strip_html(piece: str) -> str:
    return " ".join(html.fromstring(f"<div>{piece}</div>").itertext()).strip()


_Reader = Callable[[_MarkdownReader, Token], None]
_LISTS = ("bullet_list_open", "ordered_list_open")
_READERS: dict[str, _Reader] = {
    "heading_open": _MarkdownReader.read_heading,
    "paragraph_open": _MarkdownReader.read_paragraph,
    "bullet_list_open": _MarkdownReader.read_list,
    "ordered_list_open": _MarkdownReader.read_list,
    "table_open": _MarkdownReader.read_table,
    "fence": _MarkdownReader.read_code,
    "code_block": _MarkdownReader.read_code,
    "math_block": _MarkdownReader.read_formula,
    "math_block_label": _MarkdownReader.read_formula,
    "amsmath": _MarkdownReader.read_formula,
    "html_block": _MarkdownReader.read_html,
    "front_matter": _MarkdownReader.read_front_matter,
}
