"""EncryptionConfiguration: which provider writes a resource."""

from dataclasses import dataclass

from analyzer.formats.config_file import load_document
from analyzer.formats.documents import mapping, sequence, texts
from analyzer.formats.strict_yaml import YamlValue
from analyzer.model.errors import EvidenceFormatError


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionBlock:
    """One block, in order.

    Attributes:
        resources: Resource names, ``*.`` for the core group, ``*.*`` for all.
        providers: Provider names; the first one writes.
        pointer: JSON pointer to the block.
    """

    resources: tuple[str, ...]
    providers: tuple[str, ...]
    pointer: str

    def covers_core(self, resource: str) -> bool:
        """Tell whether a resource of the core group is in this block."""
        return any(name in (resource, f"{resource}.", "*.", "*.*") for name in self.resources)


def read_encryption_config(text: str) -> tuple[EncryptionBlock, ...]:
    """Read the blocks in order.

    Raises:
        EvidenceFormatError: Not an EncryptionConfiguration.
    """
    document = mapping(load_document(text), "the document")
    if document.get("kind") != "EncryptionConfiguration":
        raise EvidenceFormatError("", "is not an EncryptionConfiguration")
    if not str(document.get("apiVersion")).startswith("apiserver.config.k8s.io/"):
        raise EvidenceFormatError("", "is not of API group apiserver.config.k8s.io")
    blocks = sequence(document.get("resources"), "resources")
    return tuple(_block(block, index) for index, block in enumerate(blocks))


def winning_block(blocks: tuple[EncryptionBlock, ...], resource: str) -> EncryptionBlock | None:
    """Return the first block that covers a core resource: it decides alone."""
    return next((block for block in blocks if block.covers_core(resource)), None)


def _block(value: YamlValue, index: int) -> EncryptionBlock:
    block = mapping(value, f"resources[{index}]")
    providers = sequence(block.get("providers"), f"resources[{index}].providers")
    return EncryptionBlock(
        resources=texts(block.get("resources"), f"resources[{index}].resources"),
        providers=tuple(_provider(p, f"resources[{index}].providers") for p in providers),
        pointer=f"/resources/{index}",
    )


def _provider(value: YamlValue, what: str) -> str:
    names = list(mapping(value, what))
    if len(names) != 1:
        raise EvidenceFormatError("", f"{what} has an entry without exactly one provider")
    return names[0]
