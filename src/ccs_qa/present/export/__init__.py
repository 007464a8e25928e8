"""Answers as files: Word, Markdown, CSV, plain text; the same content gives the same text."""
