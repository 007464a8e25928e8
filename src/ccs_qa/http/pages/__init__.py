"""The channel of people: the pages, in French and in English."""
