"""The pages that staff read."""

from ccs_qa.web.routes import error_page, pages

__all__ = ["error_page", "pages"]
