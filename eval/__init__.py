"""Measures retrieval, refusal and citation on gold questions."""
