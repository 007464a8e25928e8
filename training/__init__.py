"""Adapts the embedded model to the corpus; nothing at run time needs this package."""
