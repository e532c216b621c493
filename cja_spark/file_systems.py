"""File systems: where pyarrow finds an address of a file or a folder, however Hadoop writes it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from pyarrow import fs

_HADOOPS_S3 = re.compile(r"^s3[an]:")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def local_path(address: str) -> Path | None:
    """The path of an address on a disk of this machine; None of any other."""
    if address.startswith("file:"):
        return Path(unquote(re.sub(r"^file:/+", "/", address)))
    return None if _URI.match(address) else Path(address)


def file_system(address: str) -> tuple[fs.FileSystem, str]:
    """The file system that an address lies on, and its path there.

    Raises:
        OSError: there are no credentials for it, or it is away.
        pyarrow.ArrowInvalid: pyarrow knows no such file system.
    """
    path = local_path(address)
    if path is not None:
        return fs.LocalFileSystem(), str(path.absolute())
    found: tuple[fs.FileSystem, str] = fs.FileSystem.from_uri(_HADOOPS_S3.sub("s3:", address))
    return found
