"""CNXML: the modules of OpenStax, and the collection file that puts them in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_uppercase

from kb_ingest.parsing.builder import DocumentBuilder
from kb_ingest.parsing.formula_text import write_formula
from kb_ingest.parsing.tree_vocabulary import Vocabulary
from kb_ingest.parsing.tree_walker import TreeWalker
from kb_ingest.parsing.xml_tree import Element, get_local_name, parse_xml

MEDIA_TYPE = "application/x-cnxml+xml"
COLLECTION_SUFFIX = ".collection.xml"


@dataclass(frozen=True)
class CollectionEntry:
    """A module's place in a book: its id, and the titles above it."""

    module_id: str
    titles: tuple[str, ...]


def parse_module(name: str, data: bytes, builder: DocumentBuilder) -> None:
    """Parse one module into the builder; its title is the outermost section."""
    root = parse_xml(name, data, builder.limits)
    _visit_document(TreeWalker(builder, _VOCABULARY), root)


def read_collection(root: Element) -> tuple[str, tuple[CollectionEntry, ...]]:
    """Read the title of a book, and its modules in reading order."""
    titles = (part for part in root.iter() if get_local_name(part) == "title")
    title = next(("".join(part.itertext()).strip() for part in titles), "")
    return title, tuple(_read_entries(root, ()))


def _read_entries(
    element: Element, titles: tuple[str, ...]
) -> Iterator[CollectionEntry]:
    for part in element:
        tag = get_local_name(part)
        if tag == "module":
            yield CollectionEntry(part.get("document", ""), titles)
        elif tag == "subcollection":
            title = next(
                ("".join(t.itertext()) for t in part if get_local_name(t) == "title"),
                "",
            )
            yield from _read_entries(part, (*titles, " ".join(title.split())))
        elif tag == "content":
            yield from _read_entries(part, titles)


def _visit_document(walker: TreeWalker, element: Element) -> None:
    title = next((part for part in element if get_local_name(part) == "title"), None)
    if title is not None:
        walker.depth = 1
        walker.builder.add_heading(walker.collect(title), walker.depth)
    for abstract in element.iter("{*}abstract"):
        walker.write(abstract)
    for part in element:
        if part is not title and get_local_name(part) != "metadata":
            walker.visit(part)


def _visit_exercise(walker: TreeWalker, element: Element) -> None:
    """Write a question with its answer; choices get the letters that answers name."""
    choices = [
        walker.collect(item).replace("\n", " ")
        for choice in element.iterfind("{*}problem//{*}list")
        for item in choice.iterchildren("{*}item")
    ]
    lettered = [
        f"{letter}. {text}"
        for letter, text in zip(ascii_uppercase, choices, strict=False)
    ]
    asked = [
        walker.collect(part, frozenset({"list"})) for part in element.iter("{*}problem")
    ]
    problem = "\n".join((*asked, *lettered, *choices[len(lettered) :]))
    solution = "\n".join(map(walker.collect, element.iter("{*}solution")))
    if not solution:
        walker.builder.add("paragraph", problem)
        return
    answer = next((text for text in lettered if text[0] == solution), solution)
    walker.builder.add(
        "question_answer",
        f"{problem}\n\n{answer}",
        payload={"id": element.get("id"), "question": problem, "answer": answer},
    )


def _visit_figure(walker: TreeWalker, element: Element) -> None:
    """Write title and caption as one block, and what the picture shows as another."""
    for table in element.iter("{*}table"):
        walker.visit(table)
    told = [walker.collect(part) for part in element.iter("{*}title", "{*}caption")]
    walker.builder.add("caption", "\n".join(told))
    for media in element.iter("{*}media"):
        _visit_media(walker, media)


def _visit_media(walker: TreeWalker, element: Element) -> None:
    walker.builder.add(
        "caption", element.get("alt", ""), payload={"is_picture_text": True}
    )


def _visit_definition(walker: TreeWalker, element: Element) -> None:
    parts = [walker.collect(part).replace("\n", " ") for part in element]
    walker.builder.add("paragraph", ": ".join(part for part in parts if part))


def _visit_glossary(walker: TreeWalker, element: Element) -> None:
    level = walker.depth + 1
    walker.builder.add_heading("Glossary", level)
    walker.write(element)
    walker.builder.close_sections(level)


def _visit_link(element: Element) -> str:
    """Name the figure or table that a link without words points at."""
    if words := " ".join("".join(element.itertext()).split()):
        return words
    target_id = element.get("target-id", "")
    found = element.getroottree().xpath("//*[@id = $id]", id=target_id)
    target = next(iter(found), None)
    if target is None or not target_id:
        return ""
    kind = get_local_name(target).capitalize()
    title = next((t for t in target if get_local_name(t) == "title"), None)
    words = "" if title is None else " ".join("".join(title.itertext()).split())
    return f"{kind} “{words}”" if words else kind


_VOCABULARY = Vocabulary(
    ignored=frozenset({"metadata", "image", "label", "colspec"}),
    sections=frozenset({"section"}),
    titles=frozenset({"title"}),
    blocks=frozenset({"para", "note", "content", "abstract", "example", "quote"}),
    captions=frozenset({"caption"}),
    formulas=frozenset({"equation"}),
    lists=frozenset({"list"}),
    items=frozenset({"item"}),
    tables=frozenset({"table"}),
    rows=frozenset({"row"}),
    cells=frozenset({"entry"}),
    breaks=frozenset({"newline"}),
    preformatted=frozenset({"preformat", "code"}),
    special={
        "exercise": _visit_exercise,
        "figure": _visit_figure,
        "media": _visit_media,
        "definition": _visit_definition,
        "glossary": _visit_glossary,
    },
    inline={"math": write_formula, "link": _visit_link},
)
