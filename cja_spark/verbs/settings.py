"""`cja settings`: every setting of the YAML files, or those of one name, as the specs describe them."""

from __future__ import annotations

import argparse
from pathlib import Path

from cja_spark.errors import ConfigurationError, UnwritableError
from cja_spark.verbs import Verb
from cja_spark.verbs.places import say
from cja_spark.words.settings import found, known, pages


def _arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", nargs="?", help="a kind of file, a spec or a setting: view, Persistence, allocation; all when not given")
    command.add_argument("--out", help="a folder to write a page per kind of file into, instead of printing")


def _run(asked: argparse.Namespace) -> int:
    if asked.out is not None:
        _write(Path(asked.out))
        return 0
    sections = found(asked.name) if asked.name else [*pages().values()]
    if not sections:
        raise ConfigurationError.unknown("setting", asked.name, known())
    say("\n\n".join(text.rstrip() for text in sections))
    return 0


def _write(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind, page in pages().items():
            (folder / f"{kind}.md").write_text(page, encoding="utf-8")
            say(str(folder / f"{kind}.md"))
    except OSError as error:
        raise UnwritableError.place(str(folder), error.strerror or str(error)) from error


VERB = Verb("print what may be written in the YAML files, all of it or by a name", _arguments, _run)
