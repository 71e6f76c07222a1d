"""Secrets that are made anew for each run, the places they are planted in, and the search."""
