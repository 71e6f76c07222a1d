"""Provider profiles, read from data/providers: who answers for what, and what they published.

A profile keeps the provider's table as printed, and says once what each printed word means.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from analyzer.formats.own_files import data_names, load_data
from analyzer.model.benchmark import control_order
from analyzer.model.errors import UserFileError
from analyzer.model.responsibility import (
    Attestation,
    Basis,
    Party,
    ProfileRow,
    ProviderProfile,
)

FOLDER = "providers"
SCHEMA = "provider.v1"


def known_profiles() -> tuple[str, ...]:
    """Return the ids of all provider profiles, sorted."""
    return data_names(FOLDER)


def load_profile(profile_id: str) -> ProviderProfile:
    """Read one provider profile.

    Raises:
        UserFileError: There is no such profile, or it is not valid.
    """
    if profile_id not in known_profiles():
        raise UserFileError(
            profile_id,
            "there is no such provider profile",
            advice=f"Known profiles: {', '.join(known_profiles())}.",
        )
    document = load_data(FOLDER, profile_id, SCHEMA)
    return read_profile(document, where=f"{FOLDER}/{profile_id}.yaml")


def read_profile(document: Mapping[str, Any], *, where: str) -> ProviderProfile:
    """Turn a decoded profile file into a profile.

    Raises:
        UserFileError: Another id than the file's name, a repeated or misplaced row, or a
            printed word whose meaning the file does not give.
    """
    if where != f"{FOLDER}/{document['id']}.yaml":
        raise UserFileError(
            where, f"/id is {document['id']}", advice="Give the file the name of its id."
        )
    _refuse_bad_rows(document, where)
    source, inherited = document.get("source", {}), document.get("inherited", {})
    sections = {key: Party(word) for key, word in document.get("sections", {}).items()}
    return ProviderProfile(
        id=document["id"],
        title=document["title"],
        provider=document["provider"],
        product=document["product"],
        platform_versions=document["platform_versions"],
        benchmark=document.get("benchmark", ""),
        statement=document["statement"],
        source_url=source.get("url", ""),
        source_date=source.get("date", ""),
        default_party=Party(document["default"]["party"]),
        default_explanation=document["default"]["explanation"],
        section_parties=MappingProxyType(sections),
        inherited_from=inherited.get("from", ""),
        inherited_sections=tuple(inherited.get("sections", ())),
        system_namespaces=tuple(document.get("system_namespaces", ())),
        rows=tuple(_row(fields, document, where) for fields in document["rows"]),
    )


def _refuse_bad_rows(document: Mapping[str, Any], where: str) -> None:
    ids = [row["control"] for row in document["rows"]]
    topics = [row["topic"] for row in document["rows"]]
    if ids and "benchmark" not in document:
        raise UserFileError(
            where, "rows without a benchmark", advice="Name the benchmark that they number."
        )
    for names in (ids, topics):
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise UserFileError(
                where, f"repeated in rows: {', '.join(repeated)}", advice="Keep one row of each."
            )
    if ids != sorted(ids, key=control_order):
        raise UserFileError(where, "rows out of order", advice="Sort the rows by control number.")


def _row(fields: Mapping[str, Any], document: Mapping[str, Any], where: str) -> ProfileRow:
    place = f"{where}/{fields['control']}"
    party, basis = _party(fields, document, place)
    return ProfileRow(
        control=fields["control"],
        topic=fields["topic"],
        party=party,
        basis=basis,
        attested=Attestation(_meaning(fields["result"], document.get("words", {}), place)),
        attested_raw=fields["result"],
        explanation=fields.get("explanation", ""),
        published=MappingProxyType(dict(fields.get("published", {}))),
        inconsistency=fields.get("inconsistency", ""),
        customer_action=fields.get("customer_action", ""),
    )


def _party(
    fields: Mapping[str, Any], document: Mapping[str, Any], place: str
) -> tuple[Party, Basis]:
    """Return the printed party; where the provider names nobody, the derived one."""
    if "responsibility" in fields:
        word = _meaning(fields["responsibility"], document.get("parties", {}), place)
        return Party(word), Basis.PUBLISHED
    top = fields["control"].partition(".")[0]
    return Party(document.get("sections", {}).get(top, document["default"]["party"])), Basis.DERIVED


def _meaning(word: str, meanings: Mapping[str, str], place: str) -> str:
    if word not in meanings:
        known = ", ".join(sorted(meanings)) or "none"
        raise UserFileError(
            place, f"no meaning is given for {word}", advice=f"Words with a meaning: {known}."
        )
    return meanings[word]
