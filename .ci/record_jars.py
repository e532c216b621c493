"""Write down the JVM packages of an artefact that Ivy fetched: `python .ci/record_jars.py ARTEFACT FOLDER`, as jars.yaml has them.

Who records a new version looks first whether the fetched files are the right ones: from then on no others are taken.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from cja_spark.recorded_jars import digest_of

_NAMED = re.compile(r'<license name="([^"]*)"')
# What the packages call their licences, as SPDX names those.
SPDX = {
    "Apache-2.0": "Apache-2.0", "Apache 2": "Apache-2.0", "Apache License, Version 2.0": "Apache-2.0",
    "The Apache License, Version 2.0": "Apache-2.0", "The Apache Software License, Version 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0", "Apache 2.0 License": "Apache-2.0", "BSD 2-Clause License": "BSD-2-Clause", "Go License": "BSD-3-Clause",
    "Public Domain, per Creative Commons CC0": "CC0-1.0", "MIT License": "MIT", "MIT": "MIT", "The MIT License": "MIT",
}  # fmt: skip


def lines(artefact: str, folder: Path) -> list[str]:
    """The entry of an artefact: one line per jar, in the order of their names."""
    found = []
    for told in sorted((folder / "cache").rglob("ivy-*.xml")):
        group, name, version = told.parent.parent.name, told.parent.name, told.stem.removeprefix("ivy-")
        jar = folder / "jars" / f"{group}_{name}-{version}.jar"
        if jar.is_file():
            licence = " OR ".join(dict.fromkeys(SPDX.get(one, one) for one in _NAMED.findall(told.read_text("utf-8"))))
            found.append(f"  - {{package: {group}:{name}:{version}, licence: {licence or 'unknown'}, sha256: {digest_of(jar)}}}")
    return [f"{artefact}:", *found]


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines(sys.argv[1], Path(sys.argv[2]))) + "\n")
