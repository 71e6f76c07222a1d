"""How many controls the published benchmarks have, taken from the sources."""

COUNTS = {
    "cis-1.5": (122, 87, 90, 23, 6, 3),
    "cis-1.6": (122, 69, 90, 23, 6, 3),
    "cis-1.20": (123, 77, 89, 23, 8, 3),
    "cis-1.23": (125, 74, 87, 27, 8, 3),
    "cis-1.24": (124, 71, 86, 27, 8, 3),
    "cis-1.7": (131, 68, 85, 28, 14, 4),
    "cis-1.8": (130, 70, 84, 28, 14, 4),
    "cis-1.9": (130, 70, 84, 28, 14, 4),
    "cis-1.10": (130, 70, 84, 28, 14, 4),
    "cis-1.11": (133, 65, 87, 28, 14, 4),
    "cis-1.12": (131, 65, 86, 27, 14, 4),
    "cis-2.0.1": (131, 64, 86, 27, 14, 4),
}
"""In the order of publication: controls, those labelled automated, and the four classes of
decidability from A to H."""
