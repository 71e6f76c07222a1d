"""Text to typed values: pure parsers that return a value or raise EvidenceFormatError."""
