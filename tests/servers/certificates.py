"""Certificates of an authority of our own, for servers of tests: good, expired, not yet good, and for another name."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


class Pair(NamedTuple):
    """Files of a certificate and its key."""

    certificate: Path
    key: Path


class Authority:
    """An authority, whose own certificate is the file `ca`."""

    def __init__(self, folder: Path, name: str = "authority of tests") -> None:
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        now, public = datetime.now(UTC), self._key.public_key()
        builder = _builder(self._name, self._name, public, now - 10 * DAY, now + 10 * DAY)
        for extension, critical in (
            (x509.BasicConstraints(ca=True, path_length=0), True),
            (x509.SubjectKeyIdentifier.from_public_key(public), False),
            (_signs(), True),
        ):
            builder = builder.add_extension(extension, critical=critical)
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def pair(self, name: str, *names: str, begins: timedelta = -DAY, ends: timedelta = DAY) -> Pair:
        """A certificate for host names and addresses, good between two times from now, in files called `name`."""
        now, key = datetime.now(UTC), ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_named(name), self._name, key.public_key(), now + begins, now + ends)
        for extension in (
            x509.SubjectAlternativeName([_told(one) for one in names]),
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
        ):
            builder = builder.add_extension(extension, critical=False)
        found = Pair(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        found.certificate.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        found.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return found


def _builder(subject, issuer, key, begins, ends):
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    return builder.serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)


def _signs():
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: name in ("digital_signature", "key_cert_sign", "crl_sign") for name in names})


def _named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _told(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
