"""Checks that a translation says what its card or answer says.

Every entry once, lists of one length, the same numbers, text in the script of its
language. Whether the words mean the same, only a reader can tell.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from sportsgpt_lib.knowledge.cards import QuestionAnswer, TechniqueCard
from sportsgpt_lib.knowledge.sources import Source
from sportsgpt_lib.knowledge.translations import SourceTranslations, Translation
from sportsgpt_lib.translated_numbers import find_number_differences

_Texts = str | Sequence[str]
_HAN = re.compile(r"[\u3400-\u9fff]")


def find_translation_problems(
    source: Source,
    entries: Sequence[TechniqueCard | QuestionAnswer],
    translations: SourceTranslations,
) -> list[str]:
    """Find all that is wrong between a source's entries and their translations."""
    problems: list[str] = []
    for language, translated in translations.items():
        file = source.translations[language].file
        ids = [words.id for words in translated]
        known = {entry.id: entry for entry in entries}
        problems += [
            f"{file}: {name} is not translated" for name in known if name not in ids
        ]
        problems += [
            f"{file}: {name} is not in {source.file}, or here more than once"
            for name in sorted(set(ids))
            if name not in known or ids.count(name) > 1
        ]
        problems += [
            f"{file}: {words.id}: {problem}"
            for words in translated
            if words.id in known
            for problem in _compare(known[words.id], words)
        ]
    return problems


def _compare(
    entry: TechniqueCard | QuestionAnswer, translation: Translation
) -> Iterator[str]:
    for name, own in _list_texts(entry).items():
        words: _Texts = getattr(translation, name)
        own_parts, parts = _split(own), _split(words)
        if len(own_parts) != len(parts):
            yield f"{name} has {len(parts)} parts, {len(own_parts)} in the card"
        for number, (english, other) in enumerate(zip(own_parts, parts, strict=False)):
            where = name if isinstance(own, str) else f"{name}[{number}]"
            for difference in find_number_differences(english, other):
                yield f"{where}: {difference}"
            if _HAN.search(other) is None:
                yield f"{where}: {other!r} has no Chinese character"


def _split(texts: _Texts) -> Sequence[str]:
    return (texts,) if isinstance(texts, str) else texts


def _list_texts(entry: TechniqueCard | QuestionAnswer) -> Mapping[str, _Texts]:
    """List the texts of a card or answer by the names of their translations."""
    if isinstance(entry, QuestionAnswer):
        return {"question": entry.question, "answer": entry.answer.text}
    return {
        "title": entry.title,
        "exercise": entry.exercise,
        "fault": entry.fault.text,
        "cause": entry.cause.text,
        "consequence": entry.consequence.text,
        "cue": entry.cue.text,
        "drill": entry.drill.text,
        "load": entry.dose.load,
        "basis": entry.dose.basis,
        "progression": [part.text for part in entry.progression],
        "contraindications": [part.text for part in entry.contraindications],
        "age_limits": entry.age_limits.text,
        "success": entry.success.text,
    }
