"""Decides whether a question is answered, composes the answer, checks its quotes."""
