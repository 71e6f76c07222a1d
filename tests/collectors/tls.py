"""A certificate for the loopback address, made anew for each session."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.tools import needed


@dataclass(frozen=True, slots=True)
class Pair:
    """A self-signed certificate and its key, as PEM files."""

    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Return what a server needs to show the certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def made_pair(folder: Path, address: str = "127.0.0.1") -> Pair:
    """Make a pair for ``address`` with openssl."""
    pair = Pair(folder / "tls.crt", folder / "tls.key")
    subprocess.run(
        [
            *(needed("openssl"), "req", "-x509", "-newkey", "ec"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"),
            *("-subj", "/CN=replay", "-addext", f"subjectAltName=IP:{address}"),
            *("-keyout", str(pair.key), "-out", str(pair.certificate)),
        ],
        check=True,
        capture_output=True,
        timeout=600,
    )
    return pair
