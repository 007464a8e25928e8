"""Turns feedback into candidate gold rows, which a person then judges."""

from collections.abc import Sequence

from ccs_qa.corpus.library import Corpus
from ccs_qa.records import Passage
from ccs_qa.store.records import Feedback


def unique_snippet(text: str, pages: Sequence[str]) -> str | None:
    """Find a text's shortest beginning, in whole words, that stands once in the pages, if any."""
    ends = [at for at, sign in enumerate(text) if sign.isspace()]
    for end in (*ends, len(text)):
        snippet = text[:end].rstrip()
        if snippet and sum(page.count(snippet) for page in pages) == 1:
            return snippet
    return None


def candidate(feedback: Feedback, corpus: Corpus) -> dict[str, object]:
    """Word a feedback as a gold row of the type `candidate`.

    What the answer cited becomes relevant when it was found useful. Otherwise nothing is: what
    would have answered is what the person who judges the row finds out.
    """
    remark = feedback.remark
    known = {passage.id: passage for passage in corpus.passages}
    cited = [known[name] for name in remark.citations if name in known]
    relevant = [row for item in cited if remark.useful and (row := _relevant(item, corpus))]
    note = [
        f"feedback of {feedback.time:%Y-%m-%d}: {'useful' if remark.useful else 'not useful'}",
        f"status {remark.status}",
        *([f"reason {remark.reason}"] if remark.reason else []),
        *([f"cited {', '.join(remark.citations)}"] if remark.citations else []),
        *([f"comment: {remark.comment}"] if remark.comment else []),
    ]
    return {
        "id": f"feedback-{feedback.id}",
        "lang": remark.language,
        "question": remark.question,
        **({"history": list(remark.history)} if remark.history else {}),
        "type": "candidate",
        "answerable": bool(relevant),
        "relevant": relevant,
        "key_facts": [],
        "note": "; ".join(note),
    }


def _relevant(passage: Passage, corpus: Corpus) -> dict[str, object] | None:
    french = passage.renditions.fr
    if french is None or passage.meeting is None:
        return None
    pages = [item.text for item in corpus.documents.values() if item.language == "fr"]
    snippet = unique_snippet(french.text, pages)
    if snippet is None:
        return None
    return {"meeting": passage.meeting.isoformat(), "snippet": snippet, "grade": 1}
