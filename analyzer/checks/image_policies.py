"""Whether the policies of an image verifier refuse every image that nobody signed.

Only two kinds can be proven, Kyverno's ClusterPolicy and Sigstore's ClusterImagePolicy, and of
these only the plain form: every field has to be one that is known to narrow nothing.

Source: https://kyverno.io/docs/policy-types/cluster-policy/verify-images/overview/ and
https://docs.sigstore.dev/policy-controller/overview/
"""

from collections.abc import Mapping
from typing import Any

from analyzer.checks.api_lists import Lists, some
from analyzer.formats.kyverno_match import Extent, entries, fields, glob, matched
from analyzer.model.evidence import is_redacted

KYVERNO = "clusterpolicies.kyverno.io"
EXCEPTIONS = "policyexceptions.kyverno.io"
CONSTRAINTS = ".constraints.gatekeeper.sh"
SIGSTORE = "clusterimagepolicies.policy.sigstore.dev"
_LOCAL = "policies.kyverno.io"
_ONE_NAMESPACE = "it is about its own namespace only"
_KYVERNO_IMAGES = (
    "imagevalidatingpolicies.policies.kyverno.io",
    "namespacedimagevalidatingpolicies.policies.kyverno.io",
)
_UNREAD = "what its policies demand is for a person to read"
_SPEC = frozenset(
    (
        *("admission", "background", "emitWarning", "failurePolicy", "rules"),
        *("schemaValidation", "validationFailureAction", "webhookTimeoutSeconds"),
    )
)
_RULE = frozenset(("match", "name", "skipBackgroundRequests", "verifyImages"))
_ENTRY = frozenset(
    (
        *("attestors", "failureAction", "imageReferences", "mutateDigest", "required"),
        *("skipImageReferences", "type", "useCache", "verifyDigest"),
    )
)
_SIGSTORE = frozenset(("authorities", "images", "mode"))
_AUTHORITY = frozenset(("ctlog", "key", "keyless", "name"))
Fields = Mapping[str, Any]


def verifies(resource: str, name: str, spec: Fields, lists: Lists) -> tuple[bool, str]:
    """Tell whether a policy refuses images that it cannot verify, and what it leaves out.

    Args:
        resource: The policy's kind as a list name.
        name: Its name.
        spec: Its spec.
        lists: Also holds Kyverno's exceptions.

    Returns:
        Whether it may refuse anything, and why that is not proven for every image; empty when
        it is.
    """
    if resource == KYVERNO:
        refuses, doubt = _kyverno(spec)
        return refuses, doubt or _excepted(name, lists)
    if resource == _LOCAL:
        refuses, doubt = _kyverno(spec)
        return refuses, doubt or _ONE_NAMESPACE
    if resource == SIGSTORE:
        return _sigstore(spec)
    if resource.endswith(CONSTRAINTS):
        return spec.get("enforcementAction", "deny") == "deny", "its Rego is not judged"
    if resource in _KYVERNO_IMAGES:
        return _image_policy(resource, spec)
    return True, _UNREAD


def _image_policy(resource: str, spec: Fields) -> tuple[bool, str]:
    """Judge Kyverno's newer kinds: what their expressions demand is not understood."""
    actions = spec.get("validationActions")
    admission = fields(fields(spec.get("evaluation")).get("admission"))
    off = isinstance(actions, list) and "Deny" not in actions
    return (
        not off and admission.get("enabled") is not False,
        _ONE_NAMESPACE if resource.startswith("namespaced") else _UNREAD,
    )


def _kyverno(spec: Fields) -> tuple[bool, str]:
    """Judge a Kyverno policy by its best rule: one about every image of every pod is sure."""
    by_default = str(spec.get("validationFailureAction", "Audit"))
    if spec.get("admission") is False:
        return False, ""
    found = [
        _foreign(spec, _SPEC, "the policy") or _kyverno_entry(rule, entry)
        for rule in entries(spec.get("rules"))
        for entry in entries(rule.get("verifyImages"))
        if _may_enforce(str(entry.get("failureAction", by_default)))
        and (entry.get("attestors") or entry.get("attestations"))
    ]
    return bool(found), min(found, key=bool, default="")


def _may_enforce(action: str) -> bool:
    return action.lower() == "enforce" or is_redacted(action)


def _kyverno_entry(rule: Fields, entry: Fields) -> str:
    if matched(rule, "", {}) is not Extent.ALL:
        return "its rule is about some pods only"
    images = entry.get("imageReferences")
    all_images = isinstance(images, list) and "*" in images
    if not all_images or entry.get("skipImageReferences") or entry.get("required") is False:
        return "it is about some images only"
    attestors = entry.get("attestors")
    if not isinstance(attestors, list) or not attestors or not all(map(_attested, attestors)):
        return "whose signature it demands is not understood"
    return _foreign(rule, _RULE, "its rule") or _foreign(entry, _ENTRY, "its rule's entry")


def _attested(one: object) -> bool:
    """Tell whether a set of attestors demands the signature of each one that it names."""
    demanded, count = fields(one).get("entries"), fields(one).get("count", 1)
    if not isinstance(demanded, list) or not demanded or set(fields(one)) - {"count", "entries"}:
        return False
    return isinstance(count, int) and count >= 1 and all(_signer(fields(e)) for e in demanded)


def _signer(entry: Fields) -> bool:
    """Tell of one attestor whether it is a key or somebody who is named without a pattern."""
    if len(entry) != 1 or "{{" in str(entry):
        return False
    keys, keyless = fields(entry.get("keys")), fields(entry.get("keyless"))
    if keyless:
        return _named(keyless)
    return any(_plain(keys.get(part)) for part in ("kms", "publicKeys"))


def _sigstore(spec: Fields) -> tuple[bool, str]:
    """Judge a Sigstore policy; of its authorities one that approves is enough."""
    authorities = entries(spec.get("authorities"))
    free = any(fields(one.get("static")).get("action") == "pass" for one in authorities)
    if spec.get("mode") == "warn" or free:
        return False, ""
    if not any(one == {"glob": "**"} for one in entries(spec.get("images"))):
        return True, "it may be about some images only"
    if not authorities or not all(_authority(one) for one in authorities):
        return True, "whose signature it demands is not understood"
    return True, _foreign(spec, _SIGSTORE, "the policy")


def _authority(one: Fields) -> bool:
    if set(one) - _AUTHORITY or is_redacted(str(one)) or ("key" in one) == ("keyless" in one):
        return False
    key, keyless = fields(one.get("key")), fields(one.get("keyless"))
    if key:
        return _plain(key.get("data")) or _plain(key.get("kms")) or bool(key.get("secretRef"))
    known = {"ca-cert", "identities", "trustRootRef", "url"}
    identities = entries(keyless.get("identities"))
    return not set(keyless) - known and bool(identities) and all(map(_named, identities))


def _named(identity: Fields) -> bool:
    """Tell whether an identity is one issuer's one subject, without any pattern."""
    issuer, subject = identity.get("issuer"), identity.get("subject")
    patterns = any(identity.get(key) for key in identity if key.lower().endswith("regexp"))
    return not patterns and _plain(issuer) and _plain(subject)


def _plain(value: object) -> bool:
    text = value if isinstance(value, str) else ""
    return bool(text.strip()) and not is_redacted(text) and not any(sign in text for sign in "*?")


def _foreign(found: Fields, known: frozenset[str], where: str) -> str:
    """Name the fields that are not known to narrow nothing; empty ones do not."""
    names = sorted(key for key, value in found.items() if key not in known and value)
    decides = {key: value for key, value in found.items() if key not in ("rules", "verifyImages")}
    if is_redacted(str(decides)):
        return f"{where} holds a masked value"
    return f"{where} is narrowed, or may be, by {some(tuple(names), 4)}" if names else ""


def _excepted(name: str, lists: Lists) -> str:
    """Name the exceptions from a Kyverno policy."""
    if EXCEPTIONS in lists.unknown:
        return f"its exceptions are not known ({lists.unknown[EXCEPTIONS].detail})"
    for item in lists.items(EXCEPTIONS):
        spec = item.value.spec or {}
        policies = [str(one.get("policyName")) for one in entries(spec.get("exceptions"))]
        if is_redacted(str(spec)) or any(glob(pattern, name) for pattern in policies):
            return f"PolicyException {item.value.name} takes some pods out"
    return ""
