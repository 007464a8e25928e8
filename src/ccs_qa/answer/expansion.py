"""Answers what a name stands for, from the line that spells it out."""

import datetime as dt
from collections.abc import Sequence

from ccs_qa.answer.matter import Record
from ccs_qa.corpus.library import Corpus
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.search.meetings.names import Expansion


def read_name(
    found: Sequence[Expansion], corpus: Corpus, meetings: Sequence[dt.date], words: Catalogue
) -> Record | None:
    """Say what the names of a question stand for.

    Returns:
        Each name in full, with the newest line that spells it out; None when no line does.
    """
    passages = {item.id: item for item in corpus.passages if item.meeting in meetings}
    leads, lines = [], []
    for item in found:
        line = next((passages[name] for name in item.passages if name in passages), None)
        wordings = item.name.get(words.language) or item.name.get(
            "en" if words.language == "fr" else "fr"
        )
        if line is None or not wordings:
            continue
        leads.append(words.text("record.stands_for", short=item.typed, name=wordings[0]))
        lines.append(line)
    if not lines:
        return None
    days = tuple(dict.fromkeys(item.meeting for item in lines if item.meeting is not None))
    return Record(" ".join(leads), tuple(dict.fromkeys(lines)), days)
