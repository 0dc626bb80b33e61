"""Brings a text to its plain form, in which disguised words can be read.

What is hidden or disguised is itself a finding; ``instructions.py`` says which.
"""

import re
import unicodedata

# Zero-width and other characters that show nothing; U+00AD, the soft hyphen, and
# U+FEFF, the byte order mark, are left by converters and only taken out.
_INVISIBLE = "\u180e\u200b-\u200f\u2060-\u2064\u206a-\u206f\U000e0000-\U000e007f"
INVISIBLE = re.compile(f"[{_INVISIBLE}]")
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_REMOVED = re.compile(
    f"[{_INVISIBLE}\u00ad\ufeff\u202a-\u202e\u2066-\u2069\ufe00-\ufe0f]"
)
# Cyrillic, Greek and other letters that look like Latin ones (the common part of
# Unicode Technical Standard 39, confusables.txt).
_LOOKALIKES_BY_LETTER = {
    "a": "аαᴀАΑ",
    "b": "ьвВΒ",
    "c": "сС",
    "d": "ԁ",
    "e": "еεᴇЕΕ",
    "g": "ɡ",
    "h": "һнНΗ",
    "i": "іιıɩɪІΙ",
    "j": "јЈ",
    "k": "кκКΚ",
    "l": "ӏʟ",
    "m": "мМΜ",
    "n": "Νո",
    "o": "оοᴏօОΟ",
    "p": "рρРΡ",
    "q": "ԛ",
    "r": "г",
    "s": "ѕЅ",
    "t": "тτТΤ",
    "u": "υᴜս",
    "v": "ν",
    "w": "ԝω",
    "x": "хχХΧ",
    "y": "уγУΥ",
    "z": "Ζ",
}
_LOOKALIKES = str.maketrans(
    {form: letter for letter, forms in _LOOKALIKES_BY_LETTER.items() for form in forms}
)
# Print's own punctuation hides nothing.
_UNUSUAL = re.compile("[^\x00-\x7f°±²³·×–—‘’“”•…›]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_DIGIT_LETTERS = str.maketrans("013457@$", "oieastas")
_SPACED_LETTERS = re.compile(r"(?<!\w)[a-z](?:[ .\-_*][a-z](?!\w)){3,}")
_WORD_WITH_DIGITS = re.compile(
    r"(?<![a-z@$])[a-z@$]{0,30}[013457@$][a-z][a-z013457@$]*"
)


def find_plain_form(text: str) -> str:
    """Find the plain form: NFKC, no invisible characters, Latin letters, lower case.

    Letters set apart by one blank or mark are joined; white space becomes one blank.
    """
    if _UNUSUAL.search(text):
        text = unicodedata.normalize("NFKC", text)
        text = _REMOVED.sub("", text)
        text = _fold_lookalikes(text)
    joined = _SPACED_LETTERS.sub(
        lambda match: re.sub(r"[\W_]", "", match[0]), text.lower()
    )
    return " ".join(joined.split())


def find_digits_as_letters(plain: str) -> str:
    """Find the plain form with the digits inside of words read as letters."""
    return _WORD_WITH_DIGITS.sub(
        lambda match: match[0].translate(_DIGIT_LETTERS), plain
    )


def _fold_lookalikes(text: str) -> str:
    """Take accents off and replace look-alikes; Chinese characters stay as they are."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", text))
    return bare.translate(_LOOKALIKES)
