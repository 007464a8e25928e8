"""The pages that staff read."""

from ccs_qa.web.ask import ask_pages
from ccs_qa.web.downloads import download_pages
from ccs_qa.web.explore import explore_pages
from ccs_qa.web.feedback import feedback_pages
from ccs_qa.web.plain import plain_pages
from ccs_qa.web.routes import error_page, pages

__all__ = [
    "ask_pages",
    "download_pages",
    "error_page",
    "explore_pages",
    "feedback_pages",
    "pages",
    "plain_pages",
]
