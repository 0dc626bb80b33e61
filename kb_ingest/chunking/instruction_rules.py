"""The rules by which instructions to a model are known.

``ENGLISH_RULES`` read the plain form, in lower case, ``MARKUP_RULES`` the text as it
is; Chinese ones are in ``instruction_rules_zh.py``. A rule's
``word_starts`` make it quick to pass over: a text without a word from each group cannot
match its pattern.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

WORD_START_LETTERS = 4
"""Letters of a word that ``word_starts`` hold; shorter words are whole."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a text does, where it matches the pattern."""

    reason: str
    pattern: re.Pattern[str]
    word_starts: tuple[frozenset[str], ...] = ()

    def matches(self, text: str, word_starts: Collection[str]) -> bool:
        """Tell whether a text, whose words start so, matches."""
        for group in self.word_starts:
            if group.isdisjoint(word_starts):
                return False
        return self.pattern.search(text) is not None


_DROP = (
    r"(?:ignor\w*|disregard\w*|forget\w*|overrid\w*|bypass\w*|dismiss\w*|discard\w*"
    r"|drop\w*|abandon\w*|neglect|erase|cancel|void|set(?:ting)? aside|put aside"
    r"|stop (?:following|obeying)|pay no attention to|(?:do not|don't|never)"
    r" (?:follow|obey|adhere to))"
)
_ORDERS = (
    r"(?:instructions?|prompts?|guidelines?|guidance|rules|directions|directives?"
    r"|commands?|constraints|restrictions|polic(?:y|ies)|programming)"
)
_EARLIER = (
    r"(?:previous|prior|above|earlier|preceding|former|original|initial|existing)"
)
_MODEL = (
    r"(?:ai|a\.i\.|llms?|(?:large |ai )?language models?|chat ?bots?|chatgpt"
    r"|gpt(?:-?\d)?|assistants?|ai models?|ai assistants?|artificial intelligence)"
)
_ANSWER = r"(?:answer|response|reply|output|summary|report|completion)"
_DROP_WORDS = (
    "ignore disregard forget override bypass dismiss discard drop abandon neglect"
    " erase cancel void set setting put stop pay do don never"
)
_ORDER_WORDS = (
    "instruction prompt guidance rule directive command constraint restriction policy"
    " programming"
)
_MODEL_WORDS = "ai a llm llms large language chatbot gpt assistant artificial"
_ROLE_WORDS = "you act behave pretend simulate role"
_ANSWER_WORDS = "answer respond reply output summary report completion"


def build_rule(reason: str, pattern: str, *words: str) -> Rule:
    """Build a rule; of each group a text must have a word that begins alike."""
    groups = tuple(
        frozenset(word[:WORD_START_LETTERS] for word in group.split())
        for group in words
    )
    return Rule(reason, re.compile(pattern), groups)


ENGLISH_RULES: tuple[Rule, ...] = (
    build_rule(
        "sets earlier instructions aside",
        rf"\b{_DROP}\b[^.!?]{{0,40}}\b(?:{_EARLIER}|all|any|your|system|safety|content"
        rf"|my|these|its|of the)\b[^.!?]{{0,20}}\b{_ORDERS}\b",
        _DROP_WORDS,
        _ORDER_WORDS,
    ),
    build_rule(
        "sets earlier instructions aside",
        rf"\b{_DROP}\b[^.!?]{{0,30}}\b(?:everything|anything|all|what|whatever)\b"
        r"[^.!?]{0,30}\b(?:told|instructed|said|came before|asked|before this)\b",
        _DROP_WORDS,
        "told instruction said came asked before",
    ),
    build_rule(
        "sets earlier instructions aside",
        rf"\b(?:{_ORDERS}|everything|prompt)\b[^.!?]{{0,40}}\b(?:earlier|before|above|so"
        r" far|previously)\b[^.!?]{0,30}\b(?:no longer (?:apply|valid|count)|(?:is|are)"
        r" (?:void|cancel+ed|obsolete|invalid)|do(?:es)? not apply)\b[^.!?]{0,40}[.;]"
        r"[^.!?]{0,20}\b(?:follow|obey|instead|only)",
        _ORDER_WORDS + " everything",
        "long void cancel obsolete invalid apply",
        "follow obey instruction only",
    ),
    build_rule(
        "gives new instructions",
        r"\bnew (?:instructions?|directives?|task|rules)\s*:",
        "new",
    ),
    build_rule(
        "gives new instructions",
        r"\byour (?:new|real|true|actual|only|secret) (?:task|instructions?|role|goal"
        r"|objective|job|purpose|identity)\b",
        "your",
        "new real true actual only secret",
    ),
    build_rule(
        "assigns a role to a model",
        rf"\b(?:you are|you're|you will be|act as|behave as"
        rf"|pretend (?:to be|(?:that )?you are)|simulate|role-?play as)\b"
        rf"(?: now)?,? (?:an? |the )?(?:\w+ ){{0,3}}?"
        rf"(?:{_MODEL}|dan|jailbroken|unrestricted|uncensored|agent)\b",
        _ROLE_WORDS,
        _MODEL_WORDS + " dan jailbroken unrestricted uncensored agent",
    ),
    build_rule(
        "assigns a role to a model",
        r"\b(?:pretend|act|behave|imagine|answer|respond)\b[^.!?]{0,50}\b"
        r"(?:without (?:any )?(?:limits|rules|restrictions|filters?)"
        r"|no (?:rules|restrictions|guidelines|filters?))\b",
        _ROLE_WORDS + " imagine answer respond",
        "with no",
        "limits rule restriction filter guidance",
    ),
    build_rule(
        "assigns a role to a model",
        r"\bfrom (?:now|here|this point) on,? you"
        r" (?:are an?|must|will|shall|should|only)\b[^.!?]{0,40}\b"
        r"(?:answer|reply|respond|cite|say|output|speak|write|obey|act)\b",
        "from",
        "on",
        "you",
        "answer reply respond cite say output speak write obey act",
    ),
    build_rule(
        "speaks to a model",
        rf"\bas an? {_MODEL}\b[^.!?]{{0,40}}\b(?:you|your)\b",
        "as",
        _MODEL_WORDS,
        "you your",
    ),
    build_rule(
        "speaks to a model",
        rf"\b(?:note|message|instructions?|attention|notice|memo|hello|dear|hey)"
        rf"(?: to| for)?:?,? (?:(?:any|all|the|every) )?(?:{_MODEL}|model)\b",
        "note message instruction attention notice memo hell dear hey",
        _MODEL_WORDS + " mode",
    ),
    build_rule(
        "speaks to a model",
        rf"\bif you are (?:an? )?{_MODEL}\b",
        "if",
        "you",
        _MODEL_WORDS,
    ),
    build_rule(
        "speaks to a model",
        rf"\b(?:the |an? )?{_MODEL} (?:reading|processing|that reads|must|shall)\b",
        _MODEL_WORDS,
        "read processing must shall",
    ),
    build_rule(
        "asks for hidden instructions or secrets",
        r"\b(?:reveal|print|show|repeat|output|leak|display|expose|dump|disclose|write"
        r"|translate|tell me|what (?:is|are|were)|give me)\b[^.!?]{0,40}\b(?:system"
        r" (?:prompt|message)|(?:your|hidden|initial|exact|above) (?:\w+ )?(?:prompt"
        r"|instructions)|api keys?|passwords?|credentials|context window)\b",
        "prompt instruction api password credentials context message",
        "reveal print show repeat output leak display expose dump discard write"
        " translate tell what give",
    ),
    build_rule(
        "names the prompt of a model",
        r"\b(?:system prompt|prompt injection|jailbreak)\b",
        "prompt jailbroken",
    ),
    build_rule(
        "lifts the limits of a model",
        r"\b(?:developer|dan|god|debug|unrestricted) mode\b|\bdo anything now\b"
        r"|\bcontent polic(?:y|ies)\b"
        r"|\bif you had no (?:guidelines|rules|restrictions)\b"
        r"|\bsafety (?:rules|filters?|guidelines)\b[^.!?]{0,20}"
        r"\b(?:off|disabled|lifted)",
        "mode anything context safety if",
    ),
    build_rule(
        "says what a model should answer",
        rf"\bin your {_ANSWER}s?,? (?:do not|don't|never|always|only|add|leave|omit|say"
        r"|state|mention|recommend|praise|claim|hide)\b"
        r"|\b(?:tell|inform|convince|assure) the (?:user|reader)s?\b"
        r"|\b(?:do not|don't|never) (?:tell|inform|let|mention to|reveal to)"
        r" (?:the )?(?:users?|readers?)\b",
        "your tell inform convince assure do don never",
        _ANSWER_WORDS + " user read",
    ),
    build_rule(
        "says what a model should answer",
        rf"\b(?:respond|reply|answer|output|say)(?: with)?"
        rf"(?: only(?! (?:to|if|when|in)\b)| exactly| nothing but)"
        r"(?: with)?\b|\bonly (?:output|respond|reply)\b(?! to)"
        rf"|\b{_ANSWER} (?:every|each|all) questions? with\b",
        "respond reply answer output say only",
    ),
    build_rule(
        "says what a model should answer",
        r"\b(?:when|if|while|before) (?:you )?(?:summari[sz]e|summari[sz]ing|quote|cite"
        r"|paraphrase|retrieve)\b[^.!?]{0,40}\b(?:add|say|state|mention|omit|include)\b"
        r"|\bsummari[sz]e this (?:page|text|document|passage|chapter) as\b",
        "when if while before summary",
    ),
    build_rule(
        "says what a model should answer",
        r"\b(?:rank|rate|grade|score|list) (?:this|the) (?:\w+ )?(?:card|source|passage"
        r"|document|text|page|book)\b[^.!?]{0,20}\b(?:first|highest|best|top)\b",
        "rank rate grade score list",
        "first highest best top",
    ),
    build_rule(
        "asks a model to act",
        r"\b(?:call|invoke) the (?:tool|function|api)\b"
        r"|\b(?:use|run) the (?:tool|command)\b|\bexecute the following\b"
        r"|\bcurl https?:|\brm -rf\b|\bdrop table\b"
        r"|\b(?:send|post|upload|forward)\b[^.!?]{0,60}\bto https?:",
        "call invoke use run execute curl rm drop send post upload forward",
    ),
    build_rule(
        "imitates turns of a conversation with a model",
        rf"\b(?:system|assistant)\s*:\s*(?:you\b|sure\b|always\b|i will\b|ignore\b|the"
        rf" {_MODEL})|\bhuman:.{{0,200}}\bassistant:|\bassistant:.{{0,200}}\bhuman:",
        "system assistant human",
    ),
)

MARKUP_RULES: tuple[Rule, ...] = (
    Rule(
        "marks of a model's prompt format",
        re.compile(
            r"<\|\w+\|>|\[/?INST\]|<</?SYS>>|^#{2,} ?(?:System|Instructions?|Response"
            r"|Assistant) ?:?\s*$|</?(?:system|assistant|instructions?|context|prompt"
            r"|passages?|documents?|tool_call|function_calls?)>"
            r"|[\"']role[\"']\s*:\s*[\"'](?:system|assistant|user)",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    Rule("a comment in the markup", re.compile(r"<!--")),
    Rule(
        "markup that hides text or runs code",
        re.compile(
            r"<script\b|<iframe\b|javascript:|\bon(?:load|error|click)\s*="
            r"|display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0"
            r"|color\s*:\s*(?:white|#fff)",
            re.IGNORECASE,
        ),
    ),
    Rule("a data address", re.compile(r"\bdata:[a-z]+/[\w.+-]+[;,]", re.IGNORECASE)),
    Rule(
        "a picture that sends something to its server",
        re.compile(r"!\[[^\]]{0,200}\]\(https?://[^)\s]*[?&][\w-]+="),
    ),
)
