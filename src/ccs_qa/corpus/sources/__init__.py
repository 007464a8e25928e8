"""Files as a clerk has them, read as lines with their words: text, HTML, Markdown, Word."""
