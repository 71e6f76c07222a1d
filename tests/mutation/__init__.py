"""Mutation proof: evidence that satisfies a rule, and the edits that must change its verdict."""
