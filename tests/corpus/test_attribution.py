"""Who says a passage, where the page makes it plain."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from ccs_qa.corpus.attribution import agreed, attribute, label, tells_whose_views
from ccs_qa.corpus.library import Corpus
from ccs_qa.records import Attribution, Bilingual, Language
from tests.ninth import NINTH, nine_meetings


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Members noted that lines are long.", "observed"),
        ("fr", "Plusieurs membres ont souligné que les files sont longues.", "observed"),
        ("en", "Some Committee members suggested opening later.", "advised"),
        ("fr", "Les membres du Comité ont recommandé d'ouvrir plus tard.", "advised"),
        ("en", "Department officials presented a plan.", "presented"),
        ("fr", "Service Canada a présenté un plan.", "presented"),
        ("en", "Members were told that two offices had closed.", "presented"),
        ("fr", "Au cours de la discussion, les membres ont noté un écart.", "observed"),
        ("en", "The department should hire interpreters.", "advised"),
        ("fr", "Il est important de former les agents.", "advised"),
        ("en", "Members of the public noted that lines are long.", None),
        ("fr", "Les membres de la communauté ont recommandé ce bureau.", None),
        ("en", "Members asked whether the department should hire.", None),
        ("en", "Clients said that it is important to hire.", None),
        ("fr", "Le système devrait réduire les délais.", None),
        ("en", "Should the department hire?", None),
        ("fr", "Il faut six semaines.", None),
        ("en", "It is important to note that the program ends.", None),
        ("fr", "Les demandeurs doivent signer.", None),
        ("en", "", None),
    ],
)
def test_the_subject_and_its_verb_tell(
    language: Language, text: str, expected: Attribution | None
) -> None:
    """Who speaks, and what they do, in either language; a forecast, a rule or others do not."""
    assert label(text, (), "", language, members_view=True) == expected


@pytest.mark.parametrize(
    ("lead_in", "heading", "expected"),
    [
        ("Members recommended the following:", "", "advised"),
        ("The department presented:", "What members said", "presented"),
        ("", "Presentation by Service Canada", "presented"),
        ("", "Members' observations", "observed"),
        ("", "What members advised", "advised"),
        ("", "Presentation to members", None),
        ("", "Advice to clients", None),
        ("", "Overview of services", None),
    ],
)
def test_a_lead_in_and_a_heading_tell(
    lead_in: str, heading: str, expected: Attribution | None
) -> None:
    """They speak for what they introduce, the lead-in first."""
    assert label("longer hours", [lead_in], heading, "en", members_view=True) == expected


def test_what_should_be_done_is_advised_only_where_the_page_gives_members_views(
    corpus: Corpus,
) -> None:
    """The disclaimer of the pages does; without one, nobody is known to advise."""
    text = "Il y a un besoin de former les agents."

    assert tells_whose_views(corpus.disclaimer)
    assert not tells_whose_views(None)
    assert label(text, (), "", "fr", members_view=True) == "advised"
    assert label(text, (), "", "fr", members_view=False) is None


def test_one_rendition_that_tells_is_enough(corpus: Corpus) -> None:
    """Every passage has the label of the renditions that tell; two labels cancel each other."""
    told = 0
    for passage in corpus.passages:
        leads = [lead.renditions for lead in corpus.lead_ins(passage)]
        alone = {
            attribute(
                replace(passage, renditions=Bilingual(fr=fr, en=en)), leads, members_view=True
            )
            for fr, en in ((passage.renditions.fr, None), (None, passage.renditions.en))
        }
        assert alone <= {None, passage.attribution}
        assert (passage.attribution in alone) or passage.attribution is None
        told += passage.attribution is not None
    assert told == 48
    assert agreed(["advised", "observed"]) is None


def test_only_statements_have_labels(corpus: Corpus) -> None:
    """Titles, places, objectives and the disclaimer say what they are."""
    kinds = {item.kind for item in corpus.passages if item.attribution}
    assert kinds == {"statement"}


def test_a_meeting_that_does_not_say_who_speaks_has_no_label(tmp_path: Path) -> None:
    """What should be posted may be a forecast: the ninth meeting has none, in French or in both."""
    for pages in nine_meetings(tmp_path):
        meeting = pages.meeting(dt.date.fromisoformat(NINTH))
        assert {item.attribution for item in meeting.passages} == {None}
