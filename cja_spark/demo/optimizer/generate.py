"""Generating a story into a folder; what lies there is kept, later loads are added."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pydantic import ValidationError

from cja_spark.demo.optimizer.arrivals import arrivals, load_of
from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.files import write_all, write_file
from cja_spark.demo.optimizer.row import ms
from cja_spark.demo.optimizer.spec import FILES, Asked, Receipt, asked_of
from cja_spark.demo.optimizer.story import rows
from cja_spark.errors import ConfigurationError

MARKER = "generated.json"


def generate(target: str, **settings: object) -> Receipt:
    """Write the story's files into a folder, those of loads up to `as_of`, and what the source system reported.

    A later `as_of` adds files and changes none but the tables beside them. The marker is written last: a run that was
    killed is followed by one that writes the rest.

    Args:
        target: a folder on a local or shared disk.
        settings: fields of `Asked`: persons, days, seed, as_of, defects, ...

    Raises:
        ConfigurationError: a setting outside its bounds, or another story or a later load in the folder.
        UnwritableError: the folder cannot be written.
    """
    asked = asked_of(**settings)
    marker = Path(target, MARKER)
    before = _finished(marker)
    if before is not None:
        _require_same(before.asked, asked, target)
        if before.asked.loaded_at == asked.loaded_at:
            return before.model_copy(update={"fresh": False})
    found = arrivals(rows(asked), Chance(asked.seed))
    write_all(Path(target), found, asked)
    loaded: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    repeated: Counter[str] = Counter()
    for row, at in found:
        here = load_of(at, asked) <= ms(asked.loaded_at)
        loaded[here][row.dataset] += 1
        repeated[row.dataset] += here and row.copied
    receipt = Receipt(
        asked=asked,
        rows={name: loaded[True][name] for name in FILES},
        repeated={name: repeated[name] for name in FILES},
        waiting={name: loaded[False][name] for name in FILES},
    )
    write_file(marker, receipt.model_dump_json(indent=2) + "\n")
    return receipt


def _finished(marker: Path) -> Receipt | None:
    """Receipt of what lies there; none when nothing was finished."""
    try:
        return Receipt.model_validate_json(marker.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValidationError as error:
        raise ConfigurationError(
            f"{marker} is of another version of the Journey Optimizer data. Remove {marker.parent} and the lake that loaded it."
        ) from error


def _require_same(there: Asked, asked: Asked, target: str) -> None:
    other = [name for name in Asked.model_fields if name != "as_of" and getattr(there, name) != getattr(asked, name)]
    if other:
        said = ", ".join(f"{name} {getattr(there, name)} (asked is {getattr(asked, name)})" for name in other)
        raise ConfigurationError(
            f"{target} holds another story: {said}. Name another folder, or remove it and the lake that loaded it."
        )
    if there.loaded_at > asked.loaded_at:
        raise ConfigurationError(
            f"{target} holds loads up to {there.loaded_at.isoformat()}; asked is {asked.loaded_at.isoformat()}, which is earlier. "
            "Name another folder, or remove it."
        )
