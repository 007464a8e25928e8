"""Bilingual question answering over the Service Advisory Committee summaries."""

from importlib.metadata import version

from ccs_qa.quiet import keep_quiet

keep_quiet()
__version__ = version("ccs-qa")
