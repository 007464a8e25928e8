"""Understands a question and ranks passages for it."""
