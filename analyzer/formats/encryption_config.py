"""EncryptionConfiguration: which provider writes a resource."""

from dataclasses import dataclass

from analyzer.formats.config_file import load_document
from analyzer.formats.documents import mapping, sequence, text, texts
from analyzer.formats.strict_yaml import YamlValue
from analyzer.model.errors import EvidenceFormatError

_KEYED = ("aescbc", "aesgcm", "secretbox")
_KMS_DEFAULT = "v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionBlock:
    """One block, in order.

    Attributes:
        resources: Resource names, ``*.`` for the core group, ``*.*`` for all.
        providers: Provider names; the first one writes.
        keyless: Providers that need a key and have none.
        kms_versions: The API version of each kms provider.
        pointer: JSON pointer to the block.
    """

    resources: tuple[str, ...]
    providers: tuple[str, ...]
    pointer: str
    keyless: tuple[str, ...] = ()
    kms_versions: tuple[str, ...] = ()

    def covers_core(self, resource: str, *, wildcards: bool) -> bool:
        """Tell whether a resource of the core group is in this block."""
        wide = ("*.", "*.*") if wildcards else ()
        return any(name in (resource, f"{resource}.", *wide) for name in self.resources)


def read_encryption_config(content: str) -> tuple[EncryptionBlock, ...]:
    """Read the blocks in order.

    Raises:
        EvidenceFormatError: Not an EncryptionConfiguration.
    """
    document = mapping(load_document(content), "the document")
    if document.get("kind") != "EncryptionConfiguration":
        raise EvidenceFormatError("", "is not an EncryptionConfiguration")
    if not str(document.get("apiVersion")).startswith("apiserver.config.k8s.io/"):
        raise EvidenceFormatError("", "is not of API group apiserver.config.k8s.io")
    blocks = sequence(document.get("resources"), "resources")
    return tuple(_block(block, index) for index, block in enumerate(blocks))


def winning_block(
    blocks: tuple[EncryptionBlock, ...], resource: str, *, wildcards: bool
) -> EncryptionBlock | None:
    """Return the first block that covers a core resource: it decides alone.

    Args:
        blocks: In order.
        resource: Plural name.
        wildcards: Whether the API server knows ``*.`` and ``*.*``; to older ones they are names
            of resources that do not exist.
    """
    return next((b for b in blocks if b.covers_core(resource, wildcards=wildcards)), None)


def _block(value: YamlValue, index: int) -> EncryptionBlock:
    block = mapping(value, f"resources[{index}]")
    what = f"resources[{index}].providers"
    providers = tuple(_provider(p, what) for p in sequence(block.get("providers"), what))
    return EncryptionBlock(
        resources=texts(block.get("resources"), f"resources[{index}].resources"),
        providers=tuple(name for name, _ in providers),
        pointer=f"/resources/{index}",
        keyless=tuple(n for n, body in providers if n in _KEYED and not _keys(body, f"{what}.{n}")),
        kms_versions=tuple(
            text(body.get("apiVersion"), f"{what}.kms.apiVersion") or _KMS_DEFAULT
            for name, body in ((n, mapping(b, f"{what}.{n}")) for n, b in providers)
            if name == "kms"
        ),
    )


def _provider(value: YamlValue, what: str) -> tuple[str, YamlValue]:
    named = list(mapping(value, what).items())
    if len(named) != 1:
        raise EvidenceFormatError("", f"{what} has an entry without exactly one provider")
    return named[0]


def _keys(body: YamlValue, what: str) -> list[YamlValue]:
    return sequence(mapping(body, what).get("keys"), f"{what}.keys")
