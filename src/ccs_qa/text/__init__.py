"""Pure functions on text, which know nothing of meetings or models."""
