"""Answers as files that a person takes away: Word, Markdown, CSV, plain text.

`content` decides what every file says, `inert` makes text harmless, and one module a format
writes it down. All of it is pure: the same content gives the same text.
"""

from ccs_qa.web.takeaway.content import Takeaway, cite, gather, safe
from ccs_qa.web.takeaway.inert import Form, disposition, file_name
from ccs_qa.web.takeaway.markdown import markdown_citation, to_markdown
from ccs_qa.web.takeaway.plain import plain_citation, to_plain
from ccs_qa.web.takeaway.table import COLUMNS, to_csv
from ccs_qa.web.takeaway.word import to_word

__all__ = [
    "COLUMNS",
    "Form",
    "Takeaway",
    "cite",
    "disposition",
    "file_name",
    "gather",
    "markdown_citation",
    "plain_citation",
    "safe",
    "to_csv",
    "to_markdown",
    "to_plain",
    "to_word",
]
