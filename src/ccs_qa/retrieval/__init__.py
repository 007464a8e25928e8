"""Understands a question and ranks passages for it."""

from ccs_qa.retrieval.followups import points_back
from ccs_qa.retrieval.intents import without_evolution
from ccs_qa.retrieval.rank import Ranked, Retriever
from ccs_qa.retrieval.recipe import ABLATION, HYBRID, WITHOUT_HINTS, Recipe
from ccs_qa.retrieval.spelling import open_speller
from ccs_qa.retrieval.understand import Understander, allowed

__all__ = [
    "ABLATION",
    "HYBRID",
    "WITHOUT_HINTS",
    "Ranked",
    "Recipe",
    "Retriever",
    "Understander",
    "allowed",
    "open_speller",
    "points_back",
    "without_evolution",
]
