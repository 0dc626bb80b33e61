"""From bytes to clean characters: encodings, mojibake, normal form, language.

Characters only; blocks and their offsets are in ``builder.py``.
"""

import codecs
import re
import unicodedata
from dataclasses import dataclass

from kb_ingest.parsing.document import Language
from sportsgpt_lib.errors import DocumentError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON_HAN_SHARE_RATIO = 0.9
"""Of the two-byte characters of GB18030 text, how many are in GB 2312's first level.

Chosen, see docs/knowledge.md: those 3,755 are the everyday characters; a Western
text read as GB18030 gives rare ones.
"""

_EVERYDAY_ROWS = frozenset({*range(0xA1, 0xA4), *range(0xB0, 0xD8)})
_LEAST_GB2312_BYTE = 0xA1
_UTF16_SAMPLE_BYTES = 4096
_MOJIBAKE = re.compile(
    r"Ã[\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[™œ\u009d˜“”¢¦]|Â[\u00a0-\u00bf]|"
    r"ï»¿|锟斤拷|烫烫烫|\ufffd"
)
_INVISIBLE = dict.fromkeys(
    (
        *(code for code in range(0x20) if chr(code) not in "\t\n"),
        *range(0x7F, 0xA0),
        0xAD,  # soft hyphen
        *range(0x200B, 0x2010),  # zero width, direction marks
        *range(0x202A, 0x202F),  # direction overrides
        *range(0x2060, 0x2070),
        0xFEFF,
        *range(0xE0000, 0xE0080),  # tags: text that no reader sees
    ),
    "",
)
_SPACES = dict.fromkeys((9, 160, 5760, *range(8192, 8203), 8239, 8287), " ")
_SPACES[0x3000] = " "
_HALVES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
"""Halves of a character, as JSON can write them: no encoding has them alone."""

_PRIVATE = dict.fromkeys(range(57344, 63744), " ")
"""Signs of a private font, most often bullets: no reader knows which."""

_LINE_ENDS = re.compile("\r\n|[\r\u0085\u2028\u2029\f\v]")
_TAKEN_OUT = re.compile("[" + "".join(map(chr, (*_INVISIBLE, *_PRIVATE))) + "]")

_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1fff\uac00-\ud7af]")
_ENGLISH_WORD = re.compile(
    r"\b(?:the|of|and|to|that|with|are|your|this|from|by|or|not|which|than|but|be|it|"
    r"when|should|between)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_LETTERS_COUNT = 20
_HAN_PER_LATIN_RATIO = 0.3
"""A Chinese word has about 1.5 characters, an English one about 5 letters."""
_LEAST_WORDS_TO_JUDGE_COUNT = 200
_LEAST_ENGLISH_SHARE_RATIO = 0.035
"""Chosen between what was measured: 0.045 to 0.33 of the words of 38 English texts of
the open collections, most of them terse notes; 0.001 to 0.022 in ten other languages
(the message catalogs of GNU tools: German, French, Italian, Dutch, Swedish, Portuguese,
Danish, Norwegian, Finnish, Afrikaans)."""


_MOST_ACCENTED_SHARE_RATIO = 0.25
"""Chosen: French has one letter in twenty with an accent; Russian or Big5 Chinese read
as cp1252 has nothing else."""

_MOST_SHOWN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class DecodedText:
    """``encoding`` as found; ``odd_lines`` are those in another one, from 1."""

    text: str
    encoding: str
    odd_lines: tuple[int, ...] = ()


def decode_text(data: bytes) -> DecodedText:
    """Decode bytes as UTF-8, UTF-16, GB18030 or cp1252, whichever they are.

    A UTF-8 file with some lines in another encoding is decoded line by line.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return DecodedText(data.decode(encoding, "replace"), encoding)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(data)
    if "\0" in text and (wide := find_utf16_order(data)):
        return DecodedText(data.decode(wide, "replace"), wide)
    return DecodedText(text, "utf-8")


def find_utf16_order(data: bytes) -> str | None:
    """Find in which order bytes that are no UTF-8 are UTF-16; None = they are not.

    English has a zero in each pair of bytes; Chinese gives everyday characters in one
    of the two orders only.
    """
    sample = data[: min(len(data), _UTF16_SAMPLE_BYTES) // 2 * 2]
    half = len(sample) // 2
    if sample[1::2].count(0) > half // 2:
        return "utf-16-le"
    if sample[0::2].count(0) > half // 2:
        return "utf-16-be"
    for encoding in ("utf-16-le", "utf-16-be"):
        text = sample.decode(encoding, "replace")
        common = sum(c.isascii() or _is_everyday_han(c) for c in text)
        if half and common > _COMMON_HAN_SHARE_RATIO * half:
            return encoding
    return None


def validate_western(name: str, decoded: DecodedText) -> None:
    """Refuse text whose encoding was not found: read as cp1252 it is no language.

    Raises
    ------
    DocumentError
        More of its letters than in any Western text have accents.
    """
    if decoded.encoding != "cp1252":
        return
    seen = len("".join(decoded.text.split()))
    accented = sum(not character.isascii() for character in decoded.text)
    if accented > _MOST_ACCENTED_SHARE_RATIO * seen:
        raise DocumentError(
            name,
            "its encoding is not known: neither UTF-8 nor UTF-16, GB18030 or cp1252",
            "open it where it reads well and save it as UTF-8",
        )


def show_text(text: str, most_characters: int = _MOST_SHOWN_CHARACTERS) -> str:
    """Show text from outside on one line of a message: what cannot be seen is escaped.

    A name may hold line ends, colors of a terminal, or marks that turn the direction
    of writing, to forge a message.
    """
    if len(text) > most_characters:
        text = text[:most_characters] + "…"
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )


def _decode_legacy(data: bytes) -> DecodedText:
    lines = data.split(b"\n")
    marked = [n for n, line in enumerate(lines, 1) if not line.isascii()]
    odd = [n for n in marked if not _is_utf8(lines[n - 1])]
    if len(odd) == len(marked):
        if wide := find_utf16_order(data):
            return DecodedText(data.decode(wide, "replace"), wide)
        encoding = _choose_legacy(data)
        return DecodedText(data.decode(encoding, "replace"), encoding)
    encoding = _choose_legacy(b"\n".join(lines[n - 1] for n in odd))
    odd_numbers = frozenset(odd)
    text = "\n".join(
        line.decode(encoding if n in odd_numbers else "utf-8", "replace")
        for n, line in enumerate(lines, 1)
    )
    return DecodedText(text, f"utf-8 and {encoding}", tuple(odd))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _choose_legacy(data: bytes) -> str:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return "cp1252"
    wide = [character for character in text if not character.isascii()]
    common = sum(map(_is_everyday_han, wide))
    return "gb18030" if common > _COMMON_HAN_SHARE_RATIO * len(wide) else "cp1252"


def _is_everyday_han(character: str) -> bool:
    """Whether it is in GB 2312's first level of characters, or its punctuation."""
    first, second = (*character.encode("gb18030", "replace"), 0)[:2]
    return first in _EVERYDAY_ROWS and second >= _LEAST_GB2312_BYTE


def clean_text(text: str) -> tuple[str, int]:
    """Bring text to NFC, plain spaces and line feeds; take out what cannot be seen.

    Returns
    -------
    The text, and how many control, invisible and private characters were taken out.
    """
    if text.isascii() and text.isprintable():
        return text, 0
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))
    removed = len(_TAKEN_OUT.findall(text))
    if removed:
        text = text.translate(_INVISIBLE | _PRIVATE)
    return text.translate(_SPACES | _HALVES), removed


def find_mojibake(text: str) -> list[str]:
    """Find the places where text was once decoded with the wrong encoding."""
    return [] if text.isascii() else _MOJIBAKE.findall(text)


def detect_language(text: str) -> Language:
    """Detect English or Chinese by the share of scripts, English also by its words."""
    latin_count = sum(1 for _ in _LATIN.finditer(text))
    han_count = sum(1 for _ in _HAN.finditer(text))
    kana_count = sum(1 for _ in _KANA.finditer(text))
    other_count = sum(1 for _ in _OTHER_SCRIPT.finditer(text))
    if latin_count + han_count < _LEAST_LETTERS_COUNT:
        return "und"
    if kana_count > han_count / 10 or other_count > latin_count + han_count:
        return "zh" if han_count > _LEAST_LETTERS_COUNT and not kana_count else "und"
    if han_count > _HAN_PER_LATIN_RATIO * latin_count:
        return "zh"
    words_count = sum(1 for _ in _WORD.finditer(text))
    if words_count < _LEAST_WORDS_TO_JUDGE_COUNT:
        return "en"
    english_count = sum(1 for _ in _ENGLISH_WORD.finditer(text))
    is_english = english_count >= _LEAST_ENGLISH_SHARE_RATIO * words_count
    return "en" if is_english else "und"
