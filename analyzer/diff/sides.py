"""The two assessments under comparison, with what every row asks of them as wholes."""

from dataclasses import dataclass

from analyzer.diff.places import Looked
from analyzer.model.assessment import Assessment

POLICY_READERS = {
    "allowed-capabilities": frozenset({"pod-security"}),
    "own-collector-names": frozenset(
        {
            "default-service-account", "pod-security", "rbac-grant", "rbac-masters",
            "rbac-wildcard", "seccomp", "secret-environment", "security-context",
            "token-automount",
        }
    ),
    "system-namespaces": frozenset(
        {
            "default-service-account", "manual-facts", "network-policy", "pod-security",
            "pod-security-enforced", "seccomp", "secret-environment", "security-context",
            "token-automount",
        }
    ),
    "token-mount-allowed": frozenset({"token-automount"}),
    "unenforced-namespace": frozenset({"pod-security", "pod-security-enforced"}),
}  # fmt: skip
"""Check types by the policy entry that they read without naming it in what they expect.

Thresholds are not listed: a finding prints the one it was held to, and ``question`` compares
what was expected. ``tests/diff/test_policy_readers.py`` holds this against the checks.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """An older and a newer assessment, and where each looked."""

    older: Assessment
    newer: Assessment
    looked_before: Looked
    looked_now: Looked

    @property
    def same_benchmark(self) -> bool:
        """Tell whether numbers mean the same controls."""
        return self.older.benchmark_id == self.newer.benchmark_id

    @property
    def same_evidence(self) -> bool:
        """Tell whether both rest on the same bundles: then the cluster changed in nothing."""
        before, after = ({b.sha256 for b in one.bundles} for one in (self.older, self.newer))
        return bool(before) and before == after

    def policy_differences(self) -> tuple[str, ...]:
        """Return the names of policy entries whose values differ, sorted."""
        before, after = self.older.policy, self.newer.policy
        names = {*before, *after}
        return tuple(sorted(name for name in names if before.get(name) != after.get(name)))
