"""Certificates for tests: an office's own authority, and a server's certificate that it has signed."""

from __future__ import annotations

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


def signed(folder: Path, request: Path) -> None:
    """Sign a request as an office's authority does: `server.pem`, `between.pem`, and `authority.pem` beside them."""
    now = dt.datetime.now(dt.UTC)
    asked = x509.load_pem_x509_csr(request.read_bytes())
    own, between = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    def certificate(
        subject: x509.Name, issuer: str, key: CertificatePublicKeyTypes, *extensions: x509.ExtensionType
    ) -> x509.CertificateBuilder:
        made = x509.CertificateBuilder(
            name(issuer), subject, key, x509.random_serial_number(), now - DAY, now + 30 * DAY
        )
        for each in extensions:
            made = made.add_extension(each, critical=isinstance(each, x509.BasicConstraints))
        return made

    authority = x509.BasicConstraints(ca=True, path_length=None)
    names = asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    files = {
        "authority.pem": certificate(name("City hall"), "City hall", own.public_key(), authority).sign(
            own, hashes.SHA256()
        ),
        "between.pem": certificate(name("Office"), "City hall", between.public_key(), authority).sign(
            own, hashes.SHA256()
        ),
        "server.pem": certificate(asked.subject, "Office", asked.public_key(), names).sign(between, hashes.SHA256()),
    }
    for file, content in files.items():
        (folder / file).write_bytes(content.public_bytes(serialization.Encoding.PEM))


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
