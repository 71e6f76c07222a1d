"""Our data turned into typed values: definitions, benchmarks bound to checks, defaults, policy."""
