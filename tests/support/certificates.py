"""Certificates for tests: an office's own authority, and a server's certificate that it has signed."""

from __future__ import annotations

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


def server_certificate(folder: Path, *names: str, address: str = "127.0.0.1") -> tuple[Path, Path, Path]:
    """
    Make a certificate for names and an address.

    Returns
    -------
    certificate, key, authority
        PEM files: the server's certificate with the authority's behind it, its key, the authority's certificate.
    """
    now = dt.datetime.now(dt.UTC)

    def builder(name: str, issuer: str) -> x509.CertificateBuilder:
        return x509.CertificateBuilder(
            issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]),
            subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - DAY,
            not_valid_after=now + 30 * DAY,
        )

    own, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = (
        builder("City hall", "City hall")
        .public_key(own.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(own, hashes.SHA256())
    )
    wanted = [*(x509.DNSName(name) for name in names), x509.IPAddress(ipaddress.ip_address(address))]
    certificate = (
        builder("Jiexu", "City hall")
        .public_key(key.public_key())
        .add_extension(x509.SubjectAlternativeName(wanted), critical=False)
        .sign(own, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    files = {
        "certificate.pem": certificate.public_bytes(pem) + authority.public_bytes(pem),
        "key.pem": private,
        "authority.pem": authority.public_bytes(pem),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder / "certificate.pem", folder / "key.pem", folder / "authority.pem"
