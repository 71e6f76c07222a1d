"""The values that every room shares: frozen, standard library only, look-ups at most."""
