"""JVM packages that may be loaded: each is recorded with the digest of its file, and no other is taken."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

import yaml

from cja_spark.errors import VersionError

RECORD: Traversable = resources.files("cja_spark").joinpath("jars.yaml")


class Jar(NamedTuple):
    """A JVM package as it was recorded.

    Attributes:
        group: who publishes it.
        name: its name there.
        version: its version.
        sha256: the digest of its file.
        licence: its licence as SPDX names it.
    """

    group: str
    name: str
    version: str
    sha256: str
    licence: str

    @property
    def file(self) -> str:
        """How Ivy names its file."""
        return f"{self.group}_{self.name}-{self.version}.jar"


def recorded(artefact: str, record: Traversable = RECORD) -> tuple[Jar, ...]:
    """The packages that an artefact is made of, itself among them.

    Raises:
        VersionError: nobody recorded it.
    """
    known = yaml.safe_load(record.read_text(encoding="utf-8"))
    if artefact not in known:
        raise VersionError(f"{artefact} is not recorded in {record.name}; recorded are {', '.join(sorted(known))}.")
    return tuple(_jar(**told) for told in known[artefact])


def require_recorded(folder: Path, artefact: str, record: Traversable = RECORD) -> None:
    """Refuse a folder of jars unless each is, to the byte, the one that was recorded, and none is missing.

    Raises:
        VersionError: one is missing, another, or not recorded.
    """
    known = {jar.file: jar.sha256 for jar in recorded(artefact, record)}
    found = {file.name: digest_of(file) for file in folder.glob("*.jar")}
    faults = list(_faults(found, known))
    if faults:
        raise VersionError(
            f"{artefact} in {folder} is not what was recorded: {'; '.join(faults)}. Nothing of it was loaded. "
            f"Remove {folder.parent} and fetch it again from a place that you trust."
        )


def _jar(package: str, sha256: str, licence: str) -> Jar:
    group, name, version = package.split(":")
    return Jar(group, name, version, sha256, licence)


def digest_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _faults(found: Mapping[str, str], known: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*found, *known}):
        if name not in found:
            yield f"{name} is missing"
        elif name not in known:
            yield f"{name} is not recorded"
        elif found[name] != known[name]:
            yield f"{name} has the digest {found[name]}, recorded is {known[name]}"
