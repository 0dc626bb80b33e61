"""The fixed words of a report in its language, from one catalogue for each language.

``words_en.toml`` and ``words_zh.toml`` hold whole sentences with ``{parts}``: nothing
is put together from pieces whose order only one language has. Which sentence is said is
decided by the writer and by ``assembly.py``; names of movements and reasons come from
``names.py``.
"""

import functools
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources

from sportsgpt_lib.guidance.report import Fact
from sportsgpt_lib.language import Language
from sportsgpt_lib.sports.number_format import format_quantity, format_range

_OTHER = "other"

Template = str | Mapping[str, str]


class Wording:
    """Says things in one language; numbers are written as that language writes them."""

    def __init__(
        self, language: Language, catalogue: Mapping[str, Mapping[str, Template]]
    ) -> None:
        self.language: Language = language
        self._catalogue = catalogue

    def say(self, key: str, *, count: int | None = None, **parts: object) -> str:
        """Say what a key stands for, such as ``summary.judged``.

        Parameters
        ----------
        key
            Table and name in the catalogue.
        count
            Chooses the form where there are several, and is the part ``{count}``.
        parts
            What stands in the other ``{parts}``.

        Raises
        ------
        KeyError
            The catalogue lacks the key, or a part was not given.
        """
        table, _, name = key.partition(".")
        template = self._catalogue[table][name]
        if not isinstance(template, str):
            template = template.get(str(count), template[_OTHER])
        return template.format(count=count, **parts)

    def join(self, names: Sequence[str]) -> str:
        """Join names, which may have commas of their own, to a list in a sentence."""
        return self.say("list.between").join(names)

    def inside(self, name: str) -> str:
        """Write a name as it stands inside a sentence, as English does: in lower case.

        Examples
        --------
        >>> load_wording("en").inside("Sprint: top speed")
        'sprint (top speed)'
        """
        if self.language != "en":
            return name
        head, colon, rest = name.partition(": ")
        written = f"{head} ({rest})" if colon else head
        return written[:1].lower() + written[1:]

    def value(self, fact: Fact) -> str:
        """Write what was measured, with its error and unit."""
        if fact.value is None:
            return self.say("value.missing")
        return self.quantity(fact.value, fact.unit, fact.error)

    def quantity(self, value: float, unit: str, error: float | None = None) -> str:
        """Write a number with its error, if it has one, and its unit."""
        return format_quantity(value, unit, error, language=self.language)

    def target(self, fact: Fact) -> str:
        """Write a fact's target range; empty where it has none."""
        if fact.target_low is None and fact.target_high is None:
            return ""
        return self.range(fact.target_low, fact.target_high, fact.unit)

    def range(self, low: float | None, high: float | None, unit: str) -> str:
        """Write a range with its unit."""
        return format_range(low, high, unit, language=self.language)

    def place(self, fact: Fact) -> str:
        """Name the repetition, and the leg, that a fact is of."""
        return self.say(f"place.{fact.side or 'both'}", number=fact.repetition_no)


@functools.cache
def load_wording(language: Language) -> Wording:
    """Load the catalogue of a language; read once per process."""
    folder = resources.files("sportsgpt_lib.guidance")
    text = (folder / f"words_{language}.toml").read_text(encoding="utf-8")
    return Wording(language, tomllib.loads(text))
