"""Draws groups of questions, and turns figures into SVG that stands inside a page."""

import io
import re
from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from eval.slices import Group

_PREAMBLE = re.compile(r"^.*?(?=<svg\b)", re.DOTALL)
_GROUP_ID = re.compile(r'(<g) id="[^"]*"')
_STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL)
_SIZE = re.compile(r'(<svg\b[^>]*?) width="([^"]*)" height="[^"]*"')
_UNSAID = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def as_svg(figure: Figure) -> str:
    """Write a figure as an SVG element.

    Args:
        figure: The figure.

    Returns:
        The element, no wider than what holds it; without document type, date, styles that would
        reach the rest of the page, or names that another figure also uses.
    """
    FigureCanvasSVG(figure)
    written = io.StringIO()
    # Text stays text, and ids depend on what is drawn alone: the same figures, the same page.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "ccs_qa"}):
        figure.savefig(written, format="svg", metadata=_UNSAID)
    svg = _PREAMBLE.sub("", written.getvalue())
    for pattern, kept in ((_GROUP_ID, r"\1"), (_STYLE, ""), (_SIZE, r'\1 style="max-width: \2"')):
        svg = pattern.sub(kept, svg)
    return svg


def draw_groups(title: str, measure: str, groups: Sequence[Group]) -> Figure:
    """Draw one measure of each group as a bar with its interval.

    Args:
        title: What tells the groups apart.
        measure: Label of the measure.
        groups: The groups, the first on top.

    Returns:
        A figure as high as the groups need.
    """
    figure = Figure(figsize=(9, 1.1 + 0.34 * len(groups)), layout="constrained")
    axes = figure.subplots()
    found = [group.estimates[measure] for group in groups]
    places = range(len(groups))
    axes.barh(
        places,
        [item.mean for item in found],
        xerr=[
            # Rounding may put the mean of equal values a hair outside.
            [max(0.0, item.mean - item.low) for item in found],
            [max(0.0, item.high - item.mean) for item in found],
        ],
        height=0.62,
        color="#9dbfe0",
        ecolor="#1c3d5a",
        capsize=3,
    )
    axes.set_yticks(places, [f"{group.name} ({group.questions})" for group in groups])
    axes.invert_yaxis()
    axes.set(title=f"{measure} per {title}, 95 %", xlim=(0, 1))
    axes.grid(visible=True, axis="x", color="0.88")
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return figure
