"""Whether a sentence says what only a health professional may say, in both languages.

A passage may speak of injuries at large, and a report may say it after it; nothing and
nobody in a report may find one in the athlete.
"""

import re

from sportsgpt_lib.guidance.numbers import normalise_text
from sportsgpt_lib.guidance.verification.lexicon import load_lexicon
from sportsgpt_lib.guidance.verification.verdicts import Fault
from sportsgpt_lib.language import Language

_OF_THE_ATHLETE: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:you|your|athlete(?:'s)?|he|she|his|her|they|their|runner(?:'s)?|this "
        r"(?:athlete|runner|jumper|thrower|player))\b[^.;]{0,40}\b(?:has|have|had|suffers?|"
        r"shows?|is|are|got|points? to|suggests?|indicates?)\b|"
        r"\b(?:signs?|evidence|suspicion|indication) of\b|"
        r"\b(?:suggests?|indicates?|points? to)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"(?:运动员|你|您|他|她|该跑者|该选手|患者)[^。;]{0,12}(?:有|患|存在|出现|是|为)|提示|怀疑|迹象|表明"
    ),
}


def find_diagnosis(text: str, said: str) -> Fault | None:
    """Find a diagnosis in a sentence that is no quotation.

    Parameters
    ----------
    text
        The sentence.
    said
        All that the passages it cites say; empty where it rests on facts alone.
    """
    plain = normalise_text(text)
    for language in _LANGUAGES:
        for word in load_lexicon(language).diagnoses.findall(plain):
            if word.lower() not in normalise_text(said).lower():
                return Fault(
                    "diagnosis", f"it speaks of {word!r}, which nothing it cites does"
                )
            if _OF_THE_ATHLETE[language].search(plain):
                return Fault(
                    "diagnosis", f"it finds {word!r} in the athlete: no diagnosis"
                )
    return None


_LANGUAGES: tuple[Language, ...] = ("en", "zh")
