"""Check types: one question each, asked of evidence, pure. The registry names them all."""

from collections.abc import Mapping
from types import MappingProxyType

from analyzer.model.outcome import CheckFactory

CHECK_TYPES: Mapping[str, CheckFactory] = MappingProxyType(
    {
        # over node evidence
        # over API evidence
    }
)
