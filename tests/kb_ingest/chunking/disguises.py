"""Ways in which instructions are hidden, applied to readable text."""

import base64
from collections.abc import Callable

_LOOKALIKES = str.maketrans("aeopcxi", "аеорсхі")
_DIGITS = str.maketrans("oiea", "01ea".replace("e", "3").replace("a", "4"))


def _encode_fullwidth(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _encode_tags(text: str) -> str:
    hidden = "".join(chr(0xE0000 + ord(c)) for c in text)
    return f"Keep the knees over the toes.{hidden}"


DISGUISES: dict[str, Callable[[str], str]] = {
    "none": str,
    "zero_width": "\u200b".join,
    "fullwidth": _encode_fullwidth,
    "homoglyphs": lambda text: text.translate(_LOOKALIKES),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "spaced": lambda text: "  ".join(" ".join(word) for word in text.split()),
    "digits": lambda text: text.translate(_DIGITS),
    "tags": _encode_tags,
    "reversed": lambda text: text[::-1],
}
