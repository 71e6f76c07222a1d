"""A list that its reader may not read is not the list, however complete it says it is."""

from pathlib import Path
from typing import Any

import pytest

from analyzer.bundle.evidence import api_evidence
from analyzer.bundle.reader import read_bundle
from analyzer.model.api import CENSUS
from analyzer.model.evidence import Evidence, Present, Unreadable
from analyzer.model.verdict import Reason
from tests.hostile.builder import api_manifest, members, ndjson, pack, probe, write

POLICIES = "networkpolicies.networking.k8s.io"
PATH = "/apis/networking.k8s.io/v1/networkpolicies"
NOBODY = "keb-nobody-has-this"


def rules(namespace: str, *granted: dict[str, Any], whole: object = True, **status: Any) -> Any:
    return {
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": namespace},
        "status": {"incomplete": not whole, "resourceRules": list(granted), **status},
    }


def grant(resource: str = "*", group: str = "*", verb: str = "list", **more: Any) -> Any:
    return {"verbs": [verb], "apiGroups": [group], "resources": [resource], **more}


def single(allowed: object, namespace: str = "", *, verb: str = "list", **status: Any) -> Any:
    asked = {"verb": verb, "group": "networking.k8s.io", "resource": "networkpolicies"}
    asked |= {"namespace": namespace} if namespace else {}
    return {
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": asked},
        "status": {"allowed": allowed, **status},
    }


def listed(
    folder: Path, *reviews: Any, path: str = PATH, items: bytes = b"", status: str = "ok"
) -> Evidence[Any]:
    """Return an answered list of network policies, read beside reviews of the reader's rights."""
    facts = {
        "resource": "networkpolicies",
        "group": "networking.k8s.io",
        "complete": True,
        "items": items.count(b"\n"),
        "pages": 1,
        "http_code": 200,
    }
    records = [
        probe(1, "api/access", "/apis/x", api={"complete": True}, blob="api/p1.ndjson"),
        probe(2, f"api/{POLICIES}", path, status, api=facts, blob="api/p2.ndjson"),
    ]
    blobs = {"api/p1.ndjson": ndjson(reviews), "api/p2.ndjson": items}
    sealed = members(records, blobs=blobs, manifest_value=api_manifest())
    evidence = api_evidence(read_bundle(write(folder, pack(sealed))))
    return evidence.list(POLICIES if path == PATH else f"{CENSUS}{POLICIES}")


ONLY_PODS = grant("pods", "")
KNOWN_NOT: dict[str, tuple[Any, ...]] = {
    "the-server-said-no": (single(allowed=False),),
    "no-rule-grants-it": (rules("default", ONLY_PODS), rules(NOBODY, ONLY_PODS)),
    "not-even-in-one-namespace": (rules("default", ONLY_PODS),),
    "in-default-only": (rules("default", grant()), rules(NOBODY, ONLY_PODS)),
    "a-rule-for-single-names": (rules(NOBODY, grant(resourceNames=["a"])),),
    "a-rule-to-get": (rules(NOBODY, grant(verb="get")),),
    "a-rule-of-another-group": (rules(NOBODY, grant("networkpolicies", "extensions")),),
    "no-outranks-a-rule": (rules(NOBODY, grant()), single(allowed=False)),
}
NOT_KNOWN: dict[str, tuple[Any, ...]] = {
    "no-review": (),
    "a-review-of-another-form": ({"status": {"incomplete": False, "resourceRules": []}},),
    "rules-that-may-lack-some": (rules(NOBODY, ONLY_PODS, whole=False),),
    "rules-with-an-error": (rules(NOBODY, ONLY_PODS, evaluationError="webhook"),),
    "a-no-for-want-of-an-answer": (single(allowed=False, evaluationError="webhook"),),
    "a-no-to-another-verb": (single(allowed=False, verb="watch"),),
    "a-no-in-one-namespace": (single(allowed=False, namespace="default"),),
    "an-answer-that-is-none": (single(allowed="no"),),
    "all-rights": (rules("default", grant()), rules(NOBODY, grant())),
    "yes-beside-rules": (rules(NOBODY, ONLY_PODS), single(allowed=True)),
    "verbs-of-every-kind": (rules(NOBODY, grant(verb="*")),),
}


@pytest.mark.parametrize("name", KNOWN_NOT)
def test_a_list_without_the_right_is_unknown(tmp_path: Path, name: str) -> None:
    evidence = listed(tmp_path, *KNOWN_NOT[name])
    assert isinstance(evidence, Unreadable)
    assert evidence.reason is Reason.NE_API_FORBIDDEN
    assert "may not list networkpolicies" in evidence.detail
    assert evidence.source is not None


@pytest.mark.parametrize("name", NOT_KNOWN)
def test_a_list_is_believed_where_nothing_speaks_against_it(tmp_path: Path, name: str) -> None:
    assert isinstance(listed(tmp_path, *NOT_KNOWN[name]), Present)


def test_a_list_that_is_not_empty_may_lack_objects_too(tmp_path: Path) -> None:
    policy = {"metadata": {"name": "a", "namespace": "x"}, "spec": {"podSelector": {}}}
    data = ndjson([policy])
    assert isinstance(listed(tmp_path, items=data), Present)
    assert isinstance(listed(tmp_path, single(allowed=False), items=data), Unreadable)


@pytest.mark.parametrize(
    ("status", "reason"),
    [("truncated", "NE_API_FORBIDDEN"), ("timeout", "NE_TIMEOUT"), ("denied", "NE_API_FORBIDDEN")],
)
def test_the_collectors_own_word_for_it_is_read_as_the_same(
    tmp_path: Path, status: str, reason: str
) -> None:
    evidence = listed(tmp_path, single(allowed=False), status=status)
    assert isinstance(evidence, Unreadable)
    assert evidence.reason == reason


def test_a_census_asks_for_the_rights_in_its_namespace(tmp_path: Path) -> None:
    path = "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "c").mkdir()
    in_default = (rules("default", grant()), rules(NOBODY, ONLY_PODS))
    assert isinstance(listed(tmp_path / "a", *in_default, path=path), Present)
    assert isinstance(listed(tmp_path / "b", single(False, "default"), path=path), Unreadable)
    nowhere = rules("default", ONLY_PODS)
    assert isinstance(listed(tmp_path / "c", nowhere, path=path), Unreadable)
