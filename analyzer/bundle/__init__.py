"""From a path to a checked bundle, or a refusal; from a bundle to evidence."""
