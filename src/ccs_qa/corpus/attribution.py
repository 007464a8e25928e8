"""Who speaks in a passage, where the page itself makes it plain.

A page says it in one of four ways: a sentence whose subject speaks ("Members noted that"), the
lead-in of a list ("Members recommended the following:"), the heading of a section ("Presentation
by Service Canada"), or the disclaimer, by which every view on the page is that of members: then
what should be done ("There is a need to") is what members advise. The speakers, the verbs and the
words for what should be done are closed classes in summaries; `attribution.toml` lists them. Where
they say nothing, or the two renditions differ, there is no label. Forms that may as well be a
forecast or a rule ("should be paid", "could run out", "must provide") tell nothing either.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import chain
from typing import Literal

from ccs_qa.records import LANGUAGES, Attribution, Bilingual, Language, Passage
from ccs_qa.text.strings import sentences

# What a verb adds to its stem, in both languages.
_ENDINGS = frozenset(
    [*"e é ée és ées es er ent s t u us ait aient d ed ied ies ing zed sed ze se zes".split(), ""]
)
_ASKED = "?"
_TOKEN = re.compile(r"[^\W_]+|[,?]")
_KINDS: tuple[Attribution, ...] = ("advised", "observed", "presented")
_Speaker = Literal["members", "department"]
# The classes of words that `attribution.toml` lists, by name.
_Words = Mapping[str, frozenset[str]]
# A speaker is named, but what they do tells nothing; or somebody else speaks.
_Said = Attribution | Literal["untold"] | None


@cache
def _words(language: Language) -> _Words:
    file = resources.files("ccs_qa.corpus") / "attribution.toml"
    table = tomllib.loads(file.read_text("utf-8"))[language]
    return {name: frozenset(words) for name, words in table.items()}


def attribute(
    passage: Passage, lead_ins: Sequence[Bilingual], *, members_view: bool
) -> Attribution | None:
    """Tell who says what a passage says; None where it is not plain or renditions differ."""
    if passage.kind != "statement":
        return None
    return agreed(
        label(
            rendition.text,
            [text for item in lead_ins if (text := _text(item, language))],
            _text(passage.section, language),
            language,
            members_view=members_view,
        )
        for language in LANGUAGES
        if (rendition := passage.renditions.get(language)) is not None
    )


def agreed(labels: Iterable[Attribution | None]) -> Attribution | None:
    """Take the label of the renditions; None where there is none or more than one."""
    told = {item for item in labels if item is not None}
    return told.pop() if len(told) == 1 else None


def label(
    text: str, lead_ins: Sequence[str], heading: str, language: Language, *, members_view: bool
) -> Attribution | None:
    """Tell who says what a text says, in one language; None where it is not plain.

    Args:
        heading: The heading of its section; empty for none.
    """
    known = _words(language)
    told = [[_tokens(item) for item in sentences(part)] for part in (text, *reversed(lead_ins))]
    for part in told:
        found = [item for each in part if (item := _said(each, known, members_view))]
        if found:
            return found[0] if found[0] != "untold" else None
    above = _headed(_tokens(heading), known, members_view)
    if above in {"presented", "advised"}:
        return above
    every = tuple(chain.from_iterable(told))
    if members_view and any(_advises(each, known) for each in every):
        return "advised"
    # "Must" may give advice or tell a rule: then what is under "Points raised" is not plain.
    doubtful = known["modals"] | known["rules"]
    return None if any(doubtful & set(each) for each in every) else above


def tells_whose_views(disclaimer: Passage | None) -> bool:
    """Tell whether a page gives its views as those of members."""
    return disclaimer is not None and any(
        _words(item.language)["members"] & set(_tokens(item.text))
        for item in disclaimer.renditions.spoken
    )


def _text(value: Bilingual | None, language: Language) -> str:
    rendition = value.get(language) if value is not None else None
    return rendition.text if rendition is not None else ""


def _tokens(sentence: str) -> tuple[str, ...]:
    """Give words in lower case, clitics apart, commas and question marks kept.

    Accents stay, they tell a French participle; Service Canada is one word.
    """
    plain = unicodedata.normalize("NFC", sentence).casefold()
    joined = " ".join(_TOKEN.findall(plain))
    return tuple(joined.replace("service canada", "servicecanada").split())


def _said(tokens: tuple[str, ...], known: _Words, members_view: bool) -> _Said:
    """Read who speaks and what they do, at the start of a sentence or after a comma."""
    for at in _openings(tokens):
        start = at + _run(tokens, at, known["according"])
        group = _speaker(tokens, start, known)
        if group is None:
            continue
        speaker, end = group
        if start > at:
            return "observed" if speaker == "members" else "presented"
        done = _does(tokens, end, speaker, known)
        if done is not None:
            return done
    end = _run(tokens, 0, known["impersonal"])
    if members_view and 0 < end < len(tokens):
        return _kind(tokens[end], known, ("advised", "observed"))
    return None


def _openings(tokens: tuple[str, ...]) -> tuple[int, ...]:
    return (0, *(at + 1 for at, word in enumerate(tokens) if word == ","))


def _run(tokens: tuple[str, ...], at: int, runs: frozenset[str]) -> int:
    """Count the words of the longest run that stands at a place; 0 for none."""
    parts = (tuple(run.split()) for run in runs)
    return max((len(run) for run in parts if tokens[at : at + len(run)] == run), default=0)


def _speaker(tokens: tuple[str, ...], at: int, known: _Words) -> tuple[_Speaker, int] | None:
    """Read a group of words that names who speaks, and find its end."""
    heads = known["members"] | known["department"] | known["bodies"]
    while at < len(tokens) and tokens[at] in known["before"] - heads:
        at += 1
    if at >= len(tokens) or tokens[at] not in heads:
        return None
    speaker: _Speaker = "members" if tokens[at] in known["members"] else "department"
    end = at + 1
    while end < len(tokens):
        following = end
        while following < len(tokens) and tokens[following] in known["within"]:
            following += 1
        if following < len(tokens) and tokens[following] in heads | known["own"]:
            if tokens[following] in known["members"]:
                speaker = "members"
            end = following + 1
        elif known["belongs"] & set(tokens[end:following]):
            return None  # "Members of the public" are not members of the committee.
        else:
            break
    return speaker, end


def _does(tokens: tuple[str, ...], at: int, speaker: _Speaker, known: _Words) -> _Said:
    passive = False
    while at < len(tokens) and tokens[at] in known["asides"]:
        passive |= tokens[at] in known["passive"]
        at += 1
    verb = tokens[at] if at < len(tokens) else ""
    if speaker == "department":
        return "presented" if _kind(verb, known, ("presented", "observed")) else None
    if verb in known["modals"] | known["may"]:
        return None
    if passive:
        return "presented" if _is_verb(verb, known["informed"]) else "untold"
    return _kind(verb, known, ("advised", "observed")) or "untold"


def _kind(word: str, known: _Words, kinds: tuple[Attribution, ...]) -> Attribution | None:
    return next((kind for kind in kinds if _is_verb(word, known[kind])), None)


def _is_verb(word: str, stems: frozenset[str]) -> bool:
    return any(word.startswith(stem) and word[len(stem) :] in _ENDINGS for stem in stems)


def _headed(tokens: tuple[str, ...], known: _Words, members_view: bool) -> Attribution | None:
    """Read a heading: what is said beside who says it, with nothing but link words between."""
    links = (known["within"] | known["before"] | known["asides"]) - known["towards"]
    for at, word in enumerate(tokens):
        if (
            word not in known["members"] | known["department"]
            or _speaker(tokens, at, known) is None
        ):
            continue
        for way in (range(at - 1, -1, -1), range(at + 1, len(tokens))):
            beside = next((tokens[i] for i in way if tokens[i] not in links), "")
            found = _heads(beside, word in known["members"], known)
            if found is not None:
                return found
    raised = members_view and known["discussion"] & set(tokens) and known["raised"] & set(tokens)
    return "observed" if raised else None


def _heads(word: str, members: bool, known: _Words) -> Attribution | None:
    if not members:
        told = word in known["presentation"] or _is_verb(word, known["presented"])
        return "presented" if told else None
    if word in known["advice"] or _is_verb(word, known["advised"]):
        return "advised"
    told = word in known["observations"] or _is_verb(word, known["observed"])
    return "observed" if told else None


def _advises(tokens: tuple[str, ...], known: _Words) -> bool:
    """Tell whether the main clause of a sentence says what should be done.

    What follows "that" or "how" is somebody's word or question, what stands after a verb of
    saying likewise; "it should be noted" advises nothing, and a question does not either.
    """
    if tokens[-1:] == (_ASKED,):
        return False
    for at, word in enumerate(tokens):
        if word in known["complementizers"] or _kind(word, known, _KINDS):
            return False
        if _marks(tokens, at, known):
            return True
    return False


def _marks(tokens: tuple[str, ...], at: int, known: _Words) -> bool:
    """Tell whether the words at a place say that something should be done.

    Only where it cannot be a forecast or a rule: the department should act, something is worth
    considering, needed or important to do.
    """
    word, rest = tokens[at], tokens[at + 1 :]
    if word in known["modals"]:
        return not known["copulas"] & set(rest[:1]) and _subject(tokens, at, known) == "department"
    if word in known["may"]:
        return bool(known["considered"] & set(rest[:2]))
    judged = _run(tokens, at, known["judged"])
    if judged:
        return _important(tokens[at + judged :], known)
    length = _run(tokens, at, known["duty"]) or (0 if at else _run(tokens, 0, known["opening"]))
    return length > 0 and _to_do(tokens[at + length : at + length + 3], known)


def _important(rest: tuple[str, ...], known: _Words) -> bool:
    """Read what follows "it is": important to do, not important to somebody or to note that."""
    spared = known["people"] | known["members"] | known["department"]
    for at, word in enumerate(rest[:2]):
        if word in known["needs"] and rest[at + 1 : at + 2] and rest[at + 1] in known["leads_to"]:
            then = rest[at + 2 :][:2]
            to_note = len(then) == 2 and _is_verb(then[0], known["observed"])
            return not (to_note and then[1] in known["leads_to"]) and not spared & set(then[:1])
    return False


def _subject(tokens: tuple[str, ...], at: int, known: _Words) -> _Speaker | None:
    """Read whose "should" this is, where that is all that stands before it."""
    for start in _openings(tokens):
        group = _speaker(tokens, start, known)
        if group is not None and group[1] == at:
            return group[0]
    return None


def _to_do(tokens: tuple[str, ...], known: _Words) -> bool:
    """Tell whether what is needed is to do something, other than to take note of it."""
    first = next((item for item in tokens if not item.endswith(tuple(known["adverbs"]))), "")
    return first.endswith(tuple(known["infinitives"])) and not _is_verb(first, known["observed"])
