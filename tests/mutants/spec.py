"""Mutants of the product's code: each breaks one rule, and tests say so."""

from __future__ import annotations

import functools
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


class Mutant(BaseModel):
    """One change of a file that breaks a rule.

    Attributes:
        rule: the rule that it breaks.
        breaks: how, in a few words.
        before: the text that is changed; it stands in the file once.
        after: what stands there instead.
        tests: the tests that find it, where they are others than those of the whole file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    rule: str
    breaks: str
    before: str
    after: str
    tests: tuple[str, ...] = ()

    def of(self, text: str) -> str:
        """The text with the change.

        Raises:  ValueError where what is changed does not stand there exactly once.
        """
        if text.count(self.before) != 1:
            raise ValueError(f"{self.rule}, {self.breaks}: {self.before!r} stands there {text.count(self.before)} times.")
        return text.replace(self.before, self.after)


class Mutants(BaseModel):
    """The mutants of one file.

    Attributes:
        file: the file, from the root.
        tests: the tests that find them: files, or single tests as pytest names them.
        mutants: the mutants.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    file: str
    tests: tuple[str, ...]
    mutants: tuple[Mutant, ...]

    @property
    def source(self) -> str:
        """The text of the file as it is."""
        return (ROOT / self.file).read_text(encoding="utf-8")

    def tests_of(self, mutant: Mutant) -> tuple[str, ...]:
        """The tests that find a mutant."""
        return mutant.tests or self.tests

    @property
    def all_tests(self) -> tuple[str, ...]:
        """The tests of all mutants, each once."""
        return tuple(dict.fromkeys(test for one in self.mutants for test in self.tests_of(one)))


@functools.cache
def declared() -> dict[str, Mutants]:
    """All mutants, by the name of the file that declares them."""
    files = sorted(HERE.glob("*.yaml"))
    return {file.stem: Mutants.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in files}
