"""Pages in, meetings and passages out: text and records only."""
