"""Check types: one question each, asked of evidence, pure. The registry names them all."""

from collections.abc import Mapping
from types import MappingProxyType

from analyzer.checks.address_filter import AddressFilter
from analyzer.checks.admission_plugin import AdmissionPlugin
from analyzer.checks.anonymous_requests import AnonymousRequests
from analyzer.checks.audit_coverage import AuditCoverage
from analyzer.checks.audit_policy import AuditPolicyInUse
from analyzer.checks.cipher_suites import CipherSuites
from analyzer.checks.credential_facts import CredentialFacts
from analyzer.checks.default_namespace import DefaultNamespace
from analyzer.checks.encryption import Encryption
from analyzer.checks.file_mode import FileMode
from analyzer.checks.file_owner import FileOwner
from analyzer.checks.image_provenance import ImageProvenance
from analyzer.checks.manual_facts import ManualFacts
from analyzer.checks.network_plugin import NetworkPlugin
from analyzer.checks.network_policy import NetworkPolicyEverywhere
from analyzer.checks.pod_security import PodSecurity
from analyzer.checks.pod_security_enforced import PodSecurityEnforced
from analyzer.checks.rbac_grant import RbacGrant
from analyzer.checks.rbac_masters import RbacMasters
from analyzer.checks.rbac_wildcard import RbacWildcard
from analyzer.checks.seccomp import Seccomp
from analyzer.checks.secret_environment import SecretEnvironment
from analyzer.checks.security_context import SecurityContextProfile
from analyzer.checks.separate_authorities import SeparateAuthorities
from analyzer.checks.service_account_default import DefaultServiceAccount
from analyzer.checks.service_account_token import TokenAutomount
from analyzer.checks.setting import Setting
from analyzer.model.outcome import CheckFactory

CHECK_TYPES: Mapping[str, CheckFactory] = MappingProxyType(
    {
        "address-filter": AddressFilter,
        "admission-plugin": AdmissionPlugin,
        "anonymous-requests": AnonymousRequests,
        "audit-coverage": AuditCoverage,
        "audit-policy": AuditPolicyInUse,
        "cipher-suites": CipherSuites,
        "credential-facts": CredentialFacts,
        "default-namespace": DefaultNamespace,
        "default-service-account": DefaultServiceAccount,
        "encryption": Encryption,
        "file-mode": FileMode,
        "file-owner": FileOwner,
        "image-provenance": ImageProvenance,
        "manual-facts": ManualFacts,
        "network-plugin": NetworkPlugin,
        "network-policy": NetworkPolicyEverywhere,
        "pod-security": PodSecurity,
        "pod-security-enforced": PodSecurityEnforced,
        "rbac-grant": RbacGrant,
        "rbac-masters": RbacMasters,
        "rbac-wildcard": RbacWildcard,
        "seccomp": Seccomp,
        "secret-environment": SecretEnvironment,
        "security-context": SecurityContextProfile,
        "separate-authorities": SeparateAuthorities,
        "setting": Setting,
        "token-automount": TokenAutomount,
    }
)
