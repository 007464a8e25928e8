"""Random summaries pages, and each written as text, HTML, Markdown and Word."""

import datetime as dt
import html
import io
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

import docx
from hypothesis import strategies as st

_WORDS = """accueil guichet attente téléphone usagers l'heure délai « rapide » cœur Noël ça 20 %
d'été l’accès près où œuvre & agents <24 h> *clé* [annexe] nº naïf rendez-vous 3,5 100 $ _note_
`code` #suivi service's members' queue callers wait-time office""".split()
_PLAIN = "accueil guichet téléphone usagers service callers bureau agents".split()


@dataclass(frozen=True)
class Item:
    """A statement: a sentence of a paragraph, or of an item in some lists."""

    text: str
    depth: int


@dataclass(frozen=True)
class Written:
    """A meeting: date and title, form, aim, then headings, each with its statements."""

    date: str
    title: str
    form: str
    aim: str
    sections: tuple[tuple[str, tuple[Item, ...]], ...]


@dataclass(frozen=True)
class Pages:
    """A page: its title, what stands above the meetings, and these by year."""

    title: str
    disclaimer: str
    years: tuple[tuple[str, tuple[Written, ...]], ...]


_SENTENCES = st.lists(st.sampled_from(_WORDS), min_size=2, max_size=25).map(
    lambda words: f"Les {' '.join(words)} fin."
)
_HEADINGS = st.lists(st.sampled_from(_PLAIN), min_size=1, max_size=4).map(
    lambda words: " ".join(words).capitalize()
)


@st.composite
def _items(draw: st.DrawFn) -> tuple[Item, ...]:
    depth, found = 0, []
    for text in draw(st.lists(_SENTENCES, min_size=1, max_size=4)):
        # A list begins at its outermost items, and goes one further in at most.
        depth = draw(st.integers(0 if depth < 2 else 1, min(depth + 1, 3)))
        found.append(Item(text, depth))
    return tuple(found)


@st.composite
def pages(draw: st.DrawFn) -> Pages:
    """Draw a page of one or two years; the days of its meetings differ."""
    days = draw(
        st.lists(
            st.dates(dt.date(2024, 1, 1), dt.date(2025, 12, 28)),
            min_size=1,
            max_size=3,
            unique=True,
        )
    )
    years: dict[int, list[Written]] = {}
    for day in sorted(days, reverse=True):
        sections = draw(st.lists(st.tuples(_HEADINGS, _items()), min_size=1, max_size=3))
        years.setdefault(day.year, []).append(
            Written(
                draw(st.sampled_from(_DATES))(day),
                draw(_HEADINGS),
                draw(st.sampled_from(("Format : Réunion virtuelle", "Lieu : En personne"))),
                f"Objectif : {draw(_SENTENCES)}",
                tuple(sections),
            )
        )
    by_year = tuple((str(year), tuple(found)) for year, found in years.items())
    return Pages(draw(_HEADINGS), draw(_SENTENCES), by_year)


_MONTHS = """janvier février mars avril mai juin juillet août septembre octobre novembre
décembre""".split()


def _french(day: dt.date) -> str:
    return f"{day.day}{'er' if day.day == 1 else ''} {_MONTHS[day.month - 1]} {day.year}"


_DATES = (_french, lambda day: f"Le {_french(day)}", lambda day: f"{day:%Y-%m-%d}")


def rows(page: Pages) -> Iterator[tuple[str, int, str]]:
    """List the lines of a page: what each is, how deep, its text."""
    yield "heading", 1, page.title
    yield "paragraph", 0, page.disclaimer
    for year, meetings in page.years:
        yield "heading", 2, year
        for meeting in meetings:
            yield "heading", 3, meeting.date
            yield "paragraph", 0, meeting.form
            yield "paragraph", 0, meeting.title
            yield "paragraph", 0, meeting.aim
            for heading, items in meeting.sections:
                yield "heading", 4, heading
                for item in items:
                    yield ("item" if item.depth else "paragraph"), item.depth, item.text


def expected(page: Pages) -> str:
    """Write the page as the corpus keeps it."""
    lines, spoken = [], False
    for kind, depth, text in rows(page):
        spoken = (spoken or depth == 4) and not (kind == "heading" and depth < 4)
        statement = kind == "item" or (spoken and kind == "paragraph")
        lines.append(f"{'  ' * max(depth - 1, 0)}- {text}" if statement else text)
    return "\n".join(lines)


def as_text(page: Pages, mark: str, wide: int) -> str:
    """Write plain text with some sign for items, its statements wrapped."""
    lines = []
    for kind, depth, text in rows(page):
        if kind == "item":
            first = f"{'   ' * (depth - 1)}{mark} "
            wrapped = _wrap(text, wide, first, " " * len(first))
        elif kind == "paragraph":
            wrapped = ["", *_wrap(text, wide, "", "")]
        else:
            wrapped = ["", text, ""]
        lines += wrapped
    return "\n".join(lines)


def _wrap(text: str, wide: int, first: str, further: str) -> list[str]:
    lines = textwrap.wrap(
        text,
        wide,
        initial_indent=first,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )
    # Lines that a person would not let begin so: they would be items or statements of their own.
    plain = all(re.match(r"\s*[a-zà-ÿœ]\w", line) for line in lines[1:])
    return lines if plain else [f"{first}{text}"]


def as_html(page: Pages) -> str:
    """Write what a browser saves of it."""
    frame = "<nav><ul><li>Menu</li></ul></nav>"
    body, open_lists = [], 0
    for kind, depth, text in rows(page):
        while open_lists > (depth if kind == "item" else 0):
            body.append("</li></ul>")
            open_lists -= 1
        said = _marked_up(text)
        if kind == "item":
            body.append("</li>" if open_lists == depth else "<ul>" * (depth - open_lists))
            open_lists = depth
            body.append(f"<li>{said}")
        else:
            body.append(f"<h{depth}>{said}</h{depth}>" if kind == "heading" else f"<p>{said}</p>")
    body.append("</li></ul>" * open_lists)
    return (
        '<!DOCTYPE html><html lang="fr"><head><title>T</title></head><body>'
        f"<header>{frame}</header><main>{''.join(body)}</main><footer>Pied</footer></body></html>"
    )


def _marked_up(text: str) -> str:
    words = [html.escape(word) for word in text.split(" ")]
    words[-1] = f"<strong>{words[-1]}</strong>"
    middle = len(words) // 2
    words[middle] = f'{words[middle][:0]}<a href="#x">{words[middle]}</a>'
    return (
        "&nbsp;".join((" ".join(words[:2]), "\n  ".join(words[2:])))
        if words[2:]
        else " ".join(words)
    )


def as_markdown(page: Pages) -> str:
    """Write Markdown: what would be markup is escaped."""
    lines = []
    for kind, depth, text in rows(page):
        said = re.sub(r"([\\`*_\[\]<>#&])", r"\\\1", text)
        if kind == "item":
            lines.append(f"{'  ' * (depth - 1)}- {said}")
        else:
            lines += ["", f"{'#' * depth} {said}" if kind == "heading" else said, ""]
    return "\n".join(lines)


def as_word(page: Pages) -> bytes:
    """Write a Word document with the styles of its headings and lists."""
    document = docx.Document()
    for kind, depth, text in rows(page):
        if kind == "heading":
            document.add_heading(text, depth)
        elif kind == "item":
            document.add_paragraph(text, f"List Bullet{f' {depth}' if depth > 1 else ''}")
        else:
            paragraph = document.add_paragraph(text[:7])
            paragraph.add_run(text[7:]).italic = True
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
