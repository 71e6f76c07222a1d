"""kube-evidence: judge sealed bundles of Kubernetes evidence, offline."""

__version__ = "0.1.0"
