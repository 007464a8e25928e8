"""What a plain page is given, and the outline of each one.

An outline names the texts of a page by their keys in the catalogue, so that a page has the
same parts in both languages.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class PlainSection:
    """A headed part of a plain page."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlainView:
    """A plain page: in an outline the keys of its texts, in a view the texts."""

    title: str
    intro: str
    sections: tuple[PlainSection, ...]


ABOUT = PlainView(
    "plain.about.title",
    "plain.about.intro",
    (
        PlainSection(
            "plain.about.searched.title",
            ("plain.about.searched.1", "plain.about.searched.2", "plain.about.searched.3"),
        ),
        PlainSection(
            "plain.about.understood.title",
            (),
            (
                "plain.about.understood.1",
                "plain.about.understood.2",
                "plain.about.understood.3",
                "plain.about.understood.4",
                "plain.about.understood.5",
            ),
        ),
        PlainSection(
            "plain.about.status.title",
            ("plain.about.status.1", "plain.about.status.2"),
            ("plain.about.status.3", "plain.about.status.4", "plain.about.status.5"),
        ),
        PlainSection(
            "plain.about.verified.title",
            ("plain.about.verified.1", "plain.about.verified.2"),
        ),
        PlainSection(
            "plain.about.translation.title",
            ("plain.about.translation.1",),
            ("plain.about.translation.2", "plain.about.translation.3"),
        ),
        PlainSection(
            "plain.about.limits.title",
            (),
            (
                "plain.about.limits.1",
                "plain.about.limits.2",
                "plain.about.limits.3",
                "plain.about.limits.4",
            ),
        ),
        PlainSection(
            "plain.about.measured.title",
            ("plain.about.measured.1", "plain.about.measured.2"),
        ),
    ),
)
PRIVACY = PlainView(
    "plain.privacy.title",
    "plain.privacy.intro",
    (
        PlainSection(
            "plain.privacy.personal.title",
            ("plain.privacy.personal.1", "plain.privacy.personal.2"),
        ),
        PlainSection(
            "plain.privacy.kept.title",
            (),
            ("plain.privacy.kept.1", "plain.privacy.kept.2", "plain.privacy.kept.3"),
        ),
        PlainSection(
            "plain.privacy.feedback.title",
            ("plain.privacy.feedback.1",),
            ("plain.privacy.feedback.2", "plain.privacy.feedback.3", "plain.privacy.feedback.4"),
        ),
        PlainSection(
            "plain.privacy.removed.title",
            ("plain.privacy.feedback.5", "plain.privacy.feedback.6"),
        ),
        PlainSection(
            "plain.privacy.elsewhere.title",
            ("plain.privacy.elsewhere.1",),
            (
                "plain.privacy.elsewhere.2",
                "plain.privacy.elsewhere.3",
                "plain.privacy.elsewhere.4",
                "plain.privacy.elsewhere.5",
            ),
        ),
        PlainSection(
            "plain.privacy.others.title",
            (),
            (
                "plain.privacy.others.1",
                "plain.privacy.others.2",
                "plain.privacy.others.3",
                "plain.privacy.others.4",
            ),
        ),
    ),
)
_SENT = PlainSection(
    "plain.privacy.generated.title",
    ("plain.privacy.generated.1", "plain.privacy.generated.2", "plain.privacy.generated.3"),
)
_GENERATED = PlainSection(
    "plain.about.generated.title",
    ("plain.about.generated.1", "plain.about.generated.2"),
    (
        "plain.about.generated.3",
        "plain.about.generated.4",
        "plain.about.generated.5",
        "plain.about.generated.6",
    ),
)
_RECORD = PlainSection(
    "plain.privacy.audit.title",
    ("plain.privacy.audit.1",),
    (
        "plain.privacy.audit.2",
        "plain.privacy.audit.3",
        "plain.privacy.audit.4",
        "plain.privacy.audit.5",
    ),
)
_FIRST, _KEPT, _FEEDBACK, _REMOVED, *_OTHERS = PRIVACY.sections
# What the page says where a record of each answer is kept.
PRIVACY_AUDITED = PlainView(
    PRIVACY.title,
    "plain.privacy.audit.intro",
    (
        _FIRST,
        replace(_KEPT, items=("plain.privacy.audit.kept", *_KEPT.items[1:])),
        _RECORD,
        replace(_FEEDBACK, paragraphs=("plain.privacy.audit.feedback",)),
        PlainSection(
            "plain.privacy.audit.removed", (*_REMOVED.paragraphs, "plain.privacy.audit.6")
        ),
        *_OTHERS,
    ),
)
ACCESSIBILITY = PlainView(
    "plain.accessibility.title",
    "plain.accessibility.intro",
    (
        PlainSection(
            "plain.accessibility.standard.title",
            ("plain.accessibility.standard.1", "plain.accessibility.standard.2"),
        ),
        PlainSection(
            "plain.accessibility.tested.title",
            ("plain.accessibility.tested.1",),
            (
                "plain.accessibility.tested.2",
                "plain.accessibility.tested.3",
                "plain.accessibility.tested.4",
                "plain.accessibility.tested.5",
            ),
        ),
        PlainSection(
            "plain.accessibility.limits.title",
            (),
            (
                "plain.accessibility.limits.1",
                "plain.accessibility.limits.2",
                "plain.accessibility.limits.3",
                "plain.accessibility.limits.4",
            ),
        ),
        PlainSection(
            "plain.accessibility.barrier.title",
            ("plain.accessibility.barrier.1", "plain.accessibility.barrier.2"),
        ),
        PlainSection(
            "plain.accessibility.prepared.title",
            ("plain.accessibility.prepared.1",),
        ),
    ),
)
CHANGES = PlainView(
    "plain.changes.title",
    "plain.changes.intro",
    (
        PlainSection(
            "plain.changes.second.title",
            (),
            (
                "plain.changes.second.1",
                "plain.changes.second.2",
                "plain.changes.second.3",
                "plain.changes.second.4",
                "plain.changes.second.5",
                "plain.changes.second.6",
                "plain.changes.second.7",
                "plain.changes.second.8",
            ),
        ),
        PlainSection(
            "plain.changes.first.title",
            ("plain.changes.first.1",),
            (
                "plain.changes.first.2",
                "plain.changes.first.3",
                "plain.changes.first.4",
                "plain.changes.first.5",
                "plain.changes.first.6",
                "plain.changes.first.7",
                "plain.changes.first.8",
                "plain.changes.first.9",
                "plain.changes.first.10",
            ),
        ),
    ),
)


def about(*, generated: bool) -> PlainView:
    """Outline how it works."""
    if not generated:
        return ABOUT
    *before, translation, limits, measured = ABOUT.sections
    limits = replace(limits, items=("plain.about.generated.limit", *limits.items[1:]))
    return replace(ABOUT, sections=(*before, translation, _GENERATED, limits, measured))


def privacy(*, audited: bool, generated: bool) -> PlainView:
    """Outline what becomes of a question."""
    outline = PRIVACY_AUDITED if audited else PRIVACY
    *before, elsewhere, others = outline.sections
    sent = (_SENT,) if generated else ()
    return replace(outline, sections=(*before, *sent, elsewhere, others))
