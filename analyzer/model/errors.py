"""Everything that may go wrong on purpose, each with a way out for the user."""


class KubeEvidenceError(Exception):
    """A failure that we explain: where, what, and what to do next."""

    def __init__(self, where: str, what: str, *, advice: str = "") -> None:
        """Keep the three parts apart so that the command line can lay them out."""
        super().__init__(f"{where}: {what}" if where else what)
        self.where = where
        self.what = what
        self.advice = advice


class BundleRefusedError(KubeEvidenceError):
    """A bundle that cannot be trusted or read; nothing is judged (exit 3)."""


class UserFileError(KubeEvidenceError):
    """A benchmark, provider profile, policy, waiver or review file is invalid (exit 4)."""


class UsageError(KubeEvidenceError):
    """The command line asks for something that does not exist (exit 2)."""


class EvidenceFormatError(KubeEvidenceError):
    """Collected text is not what its kind should be; becomes an outcome, never a crash."""
