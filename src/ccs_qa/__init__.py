"""Bilingual question answering over the Service Advisory Committee summaries."""

from importlib.metadata import version

__version__ = version("ccs-qa")
