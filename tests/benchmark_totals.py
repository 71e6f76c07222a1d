"""How many controls each published document has, counted in the document itself."""

TOTALS = {"cis-1.5": 122, "cis-1.10": 130, "cis-1.12": 131}
