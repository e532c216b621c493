"""What the program is made of, as a CycloneDX 1.6 document: `python .ci/sbom.py >build/sbom.json`.

Python packages with the digests of requirements.hashes, JVM packages with those of jars.yaml; licences as the packages say
them. Equal files give equal bytes but for the time, which SOURCE_DATE_EPOCH gives where it is set.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License, LicenseAcknowledgement
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement

from cja_spark import __version__
from cja_spark.recorded_jars import Jar, recorded
from cja_spark.session import delta_artefact

ROOT = Path(__file__).resolve().parent.parent
_PIN = re.compile(r"([A-Za-z0-9_.-]+)==([^\s;\\]+)")
_DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")
RUNS = ("spark", "inlet", "kafka", "postgres")  # the extras that work is done with; the others test and measure


class Pin(NamedTuple):
    """A package of the lock file, and the digests of all files that it has."""

    name: str
    version: str
    digests: tuple[str, ...]


def plain(name: str) -> str:
    """A package's name in the one way that all others are equal to."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, Pin]:
    """The packages of a lock file, by their plain names."""
    parts = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    found = [(pin, tuple(_DIGEST.findall(part))) for part in parts if (pin := _PIN.match(part))]
    return {plain(pin[1]): Pin(plain(pin[1]), pin[2], digests) for pin, digests in found}


def needed(texts: Iterable[str], extra: str = "") -> Iterator[str]:
    """The plain names of what requirements ask for here, extras of theirs too."""
    for text in texts:
        wanted = Requirement(text)
        if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
            yield plain(wanted.name)
            yield from (name for one in wanted.extras for name in needed(_requires(plain(wanted.name)), one) if name)


def _requires(name: str) -> list[str]:
    try:
        return distribution(name).requires or []
    except PackageNotFoundError:
        return []


def closure(names: Iterable[str]) -> set[str]:
    """Those packages and all that they need."""
    reached: set[str] = set()
    ahead = [*names]
    while ahead:
        if (name := ahead.pop()) not in reached:
            reached.add(name)
            ahead += needed(_requires(name))
    return reached


def asked_for(extras: Iterable[str]) -> set[str]:
    """What the project itself asks for, with some extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    return {*needed([*project["dependencies"], *(one for name in extras if name in optional for one in optional[name])])}


def python_component(pin: Pin, scope: ComponentScope) -> Component:
    """A Python package."""
    purl = PackageURL("pypi", name=pin.name, version=pin.version)
    return Component(
        type=ComponentType.LIBRARY, bom_ref=str(purl), name=pin.name, version=pin.version, purl=purl, scope=scope,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in pin.digests], licenses=_licence(pin.name),
    )  # fmt: skip


def _licence(name: str) -> list[License]:
    """The licence that a package declares: an expression, a text, or the classifier."""
    try:
        told = distribution(name).metadata
    except PackageNotFoundError:
        return []
    classes = [one.rsplit(" :: ", 1)[1] for one in told.get_all("Classifier") or () if one.startswith("License :: OSI Approved :: ")]
    text = (told.get("License-Expression") or "").strip() or (told.get("License") or "").strip().split("\n")[0][:80] or "; ".join(classes)
    return [LicenseFactory().make_from_string(text, license_acknowledgement=LicenseAcknowledgement.DECLARED)] if text else []


def jar_component(jar: Jar) -> Component:
    """A JVM package."""
    purl = PackageURL("maven", namespace=jar.group, name=jar.name, version=jar.version)
    return Component(
        type=ComponentType.LIBRARY, bom_ref=str(purl), group=jar.group, name=jar.name, version=jar.version, purl=purl,
        scope=ComponentScope.REQUIRED, hashes=[HashType(alg=HashAlgorithm.SHA_256, content=jar.sha256)],
        licenses=[LicenseFactory().make_from_string(jar.licence, license_acknowledgement=LicenseAcknowledgement.DECLARED)],
    )  # fmt: skip


def bom_of(lock: str) -> Bom:
    """The document of a lock file and of the JVM packages for its Spark."""
    known = pins(lock)
    running = closure(asked_for(RUNS))
    python = {
        name: python_component(pin, ComponentScope.REQUIRED if name in running else ComponentScope.EXCLUDED) for name, pin in known.items()
    }
    jars = [jar_component(jar) for jar in recorded(delta_artefact(known["pyspark"].version))]
    root = Component(type=ComponentType.APPLICATION, bom_ref="cja_spark", name="cja_spark", version=__version__)
    bom = Bom(components=[*python.values(), *jars], serial_number=uuid.uuid5(uuid.NAMESPACE_OID, lock))
    bom.metadata.component = root
    bom.metadata.timestamp = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", datetime.now(UTC).timestamp())), UTC)
    bom.register_dependency(root, [python[name] for name in sorted(asked_for(RUNS) & {*python})])
    for name, component in python.items():
        bom.register_dependency(component, [python[one] for one in sorted({*needed(_requires(name))} & {*python})])
    bom.register_dependency(python["delta-spark"], [*jars, *(python[one] for one in sorted({*needed(_requires("delta-spark"))} & {*python}))])
    return bom


def main() -> None:
    """Write the document to the standard output."""
    lock = (ROOT / "requirements.hashes").read_text(encoding="utf-8")
    sys.stdout.write(JsonV1Dot6(bom_of(lock)).output_as_string(indent=1) + "\n")


if __name__ == "__main__":
    main()
