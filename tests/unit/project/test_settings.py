"""The pages of settings: made from the specs, each setting described, and what `cja settings` finds by a name."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.spec import Spec
from cja_spark.verbs.settings import VERB
from cja_spark.words.schemas import about_settings, schemas
from cja_spark.words.settings import TITLES, pages
from cja_spark.words.usual import USUAL

ROOT = Path(__file__).resolve().parents[3]


def run(name=None, out=None):
    return VERB.run(argparse.Namespace(name=name, out=out))


@pytest.mark.parametrize("kind", TITLES)
def test_the_page_in_docs_is_what_the_specs_say(kind):
    there = (ROOT / "docs" / "settings" / f"{kind}.md").read_text(encoding="utf-8")
    assert there == pages()[kind], "docs/settings is older than the specs: make docs"


@pytest.mark.parametrize("kind", TITLES)
def test_every_setting_is_described(kind):
    schema = schemas()[kind]
    specs = [*schema.get("anyOf", [schema]), *schema["$defs"].values()]
    bare = [f"{one['title']}.{name}" for one in specs for name, how in one.get("properties", {}).items() if "description" not in how]
    assert bare == []


def specs_below(one):
    return [one, *(below for sub in one.__subclasses__() for below in specs_below(sub))]


def test_words_are_of_settings_that_are_there():
    schemas()  # reads all modules that have specs
    gone = [
        (one.__name__, name) for one in specs_below(Spec) for name in about_settings(one)
        if name not in one.__class_vars__ and not {name, f"{name}_"} & {*one.model_fields, *(how.alias for how in one.model_fields.values())}
    ]  # fmt: skip
    used = {name for schema in schemas().values() for one in [schema, *schema["$defs"].values()] for name in one.get("properties", {})}
    assert (gone, {*USUAL} - used) == ([], set())


def test_a_setting_is_found_wherever_it_is_one(capsys):
    assert run("known_only") == 0
    printed = capsys.readouterr().out
    assert "## Audience, in `audiences/NAME.yaml`" in printed
    assert "| `known_only` | whether only persons who are known belong, not mere devices. | true or false | `false` |" in printed


def test_a_spec_is_found_by_its_name_in_any_case(capsys):
    assert run("fieldbased") == 0
    printed = capsys.readouterr().out
    assert printed.startswith("## FieldBased\n")
    assert "| `replay` |" in printed


def test_without_a_name_all_pages_are_printed(capsys):
    assert run() == 0
    printed = capsys.readouterr().out
    assert [title for title in TITLES.values() if f"# {title}\n" not in printed] == []


def test_a_name_that_is_none_has_the_nearest_one_said():
    with pytest.raises(ConfigurationError, match="No setting named 'loockback'. Did you mean 'lookback'"):
        run("loockback")


def test_pages_are_written(tmp_path, capsys):
    assert run(out=str(tmp_path / "pages")) == 0
    assert {file.stem: file.read_text(encoding="utf-8") for file in (tmp_path / "pages").glob("*.md")} == pages()
    assert len(capsys.readouterr().out.split()) == len(TITLES)
