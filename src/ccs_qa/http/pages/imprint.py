"""What stands at the foot of every page: who runs the service, whom to write to, which edition."""

from dataclasses import dataclass

from ccs_qa.corpus.library import Corpus
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.settings import Settings


@dataclass(frozen=True, slots=True)
class EditionView:
    """The corpus as it stands: the day when its pages were last taken over, and its meetings."""

    iso: str
    date: str
    meetings: str


@dataclass(frozen=True, slots=True)
class Imprint:
    """What the settings name, in the reader's language; empty is what they do not.

    Attributes:
        contact: An address of e-mail or of a page, as it is read.
        write: The same as a link.
    """

    owner: str
    institution: str
    contact: str
    write: str
    edition: EditionView | None


def imprint(settings: Settings, corpus: Corpus | None, words: Catalogue) -> Imprint:
    """View what is known; before the service is open, no edition is."""
    french = words.language == "fr"
    address = settings.contact
    return Imprint(
        owner=settings.owner_fr if french else settings.owner_en,
        institution=settings.institution_fr if french else settings.institution_en,
        contact=address.removeprefix("https://"),
        write=address if address.startswith("https://") or not address else f"mailto:{address}",
        edition=view_edition(corpus, words) if corpus else None,
    )


def view_edition(corpus: Corpus, words: Catalogue) -> EditionView:
    """View an edition."""
    dates = sorted(meeting.date for meeting in corpus.meetings)
    start, end = words.date(dates[0]), words.date(dates[-1])
    meetings = words.count("plain.about.meetings", len(dates), start=start, end=end)
    return EditionView(corpus.edition.isoformat(), words.date(corpus.edition), meetings)
