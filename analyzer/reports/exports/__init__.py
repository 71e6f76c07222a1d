"""Exports: an assessment in the formats of other programs, by one table of words."""
