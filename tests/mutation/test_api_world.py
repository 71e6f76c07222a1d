"""The API world is what our collector makes of a cluster, in every version of Kubernetes."""

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from analyzer.bundle.evidence import api_evidence
from analyzer.bundle.reader import read_bundle
from analyzer.model.api import ApiEvidence
from analyzer.model.evidence import Absent, Present, Unreadable
from analyzer.model.verdict import Reason
from tests.hostile.builder import ndjson, pack, write
from tests.mutation.api_tamper import seal
from tests.mutation.api_value import ApiWorld
from tests.mutation.api_world import API_EDITS, API_HIDES, api_members, base_api

VERSIONS = ("v1.15.0", "v1.18.0", "v1.20.0", "v1.21.0", "v1.24.0", "v1.29.0", "v1.34.2")
POLICIES = "validatingadmissionpolicies.admissionregistration.k8s.io"
PSPS = "podsecuritypolicies.policy"


def at(version: str) -> ApiWorld:
    return API_EDITS["api_version"](base_api(), {"is": version})


def read_members(members: dict[str, bytes]) -> ApiEvidence:
    with TemporaryDirectory() as folder:
        return api_evidence(read_bundle(write(Path(folder), pack(members))))


def read(world: ApiWorld) -> ApiEvidence:
    return read_members(api_members(world))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_list_of_every_version_is_read(version: str) -> None:
    """Up to 1.20 CronJobs, and more, are served in another version than the plan names."""
    lists = read(at(version)).lists
    assert not [name for name, found in lists.items() if isinstance(found, Unreadable)]
    assert isinstance(lists["cronjobs.batch"], Present)
    assert isinstance(lists[PSPS], Present if at(version).minor < 25 else Absent)
    assert isinstance(lists[POLICIES], Present if at(version).minor >= 30 else Absent)


def test_a_record_of_another_group_answers_no_plan_line() -> None:
    made = api_members(at("v1.20.0"))
    probes = [json.loads(line) for line in made["probes.ndjson"].splitlines()]
    forged = [
        {**one, "target": one["target"].replace("/apis/batch/", "/apis/apps/")} for one in probes
    ]
    found = read_members(seal({**made, "probes.ndjson": ndjson(forged)})).lists["cronjobs.batch"]
    assert isinstance(found, Unreadable)
    assert found.reason is Reason.NE_SCHEMA_INVALID


@pytest.mark.parametrize("how", API_HIDES)
def test_a_hidden_list_is_never_read_as_a_whole_one(how: str) -> None:
    hidden = API_EDITS["api_hide"](base_api(), {"list": "deployments", "how": how})
    found = read(hidden).lists["deployments.apps"]
    whole = isinstance(found, Present) and not found.value.malformed
    assert not whole


def test_the_same_world_makes_the_same_bundle() -> None:
    assert api_members(base_api()) == api_members(replace(base_api()))
