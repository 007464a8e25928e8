"""Understands a question and ranks passages for it."""

from ccs_qa.search.rank import Ranked, Retriever
from ccs_qa.search.recipe import ABLATION, HYBRID, WITHOUT_HINTS, Recipe
from ccs_qa.search.understand.heads import open_heads
from ccs_qa.search.understand.slips import open_speller
from ccs_qa.search.understand.understander import Understander, Understanding, allowed

__all__ = [
    "ABLATION",
    "HYBRID",
    "WITHOUT_HINTS",
    "Ranked",
    "Recipe",
    "Retriever",
    "Understander",
    "Understanding",
    "allowed",
    "open_heads",
    "open_speller",
]
