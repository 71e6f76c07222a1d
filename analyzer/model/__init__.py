"""The values that every room shares: frozen, standard library only, no behaviour beyond look-ups."""
