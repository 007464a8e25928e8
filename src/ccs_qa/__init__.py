"""Bilingual question answering over committee meeting summaries, in verified quotes."""
