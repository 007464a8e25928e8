"""Has a language model phrase an answer around verified quotes, and checks every sentence."""
