"""The recipes show the files of the demo as they are."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
RECIPES = ROOT / "docs/recipes"
BLOCK = re.compile(r"```yaml\n# (conf/demo/\S+)\n(.*?)```", re.DOTALL)
PICTURE = re.compile(r"!\[([^\]]+)\]\(\.\./images/([a-z_]+)\.png\)")
PAGES = sorted(path.name for path in RECIPES.glob("*.md") if path.name != "README.md")
SECTIONS = ["## The question", "## The YAML", "## How to read it", "## What can mislead"]


@pytest.mark.parametrize("name", PAGES)
def test_a_recipe_has_a_question_its_files_and_what_can_mislead(name):
    text = (RECIPES / name).read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("## ")] == SECTIONS
    blocks = BLOCK.findall(text)
    assert blocks
    for place, shown in blocks:
        file = yaml.safe_load((ROOT / place).read_text(encoding="utf-8"))
        own = yaml.safe_load(shown)
        if place.endswith("view.yaml"):
            assert all(file[kind][component] == how for kind, some in own.items() for component, how in some.items())
        else:
            assert file == own


def test_every_report_and_audience_of_the_demo_has_a_recipe():
    shown = {place for name in PAGES for place, _ in BLOCK.findall((RECIPES / name).read_text(encoding="utf-8"))}
    files = {f"conf/demo/{kind}/{path.name}" for kind in ("reports", "audiences") for path in (ROOT / "conf/demo" / kind).glob("*.yaml")}
    assert files <= shown


@pytest.mark.parametrize("name", PAGES)
def test_a_recipe_shows_a_small_picture_of_one_of_its_reports(name):
    text = (RECIPES / name).read_text(encoding="utf-8")
    pictures = PICTURE.findall(text)
    assert pictures
    for title, report in pictures:
        asked = yaml.safe_load((ROOT / f"conf/demo/reports/{report}.yaml").read_text(encoding="utf-8"))
        picture = (ROOT / f"docs/images/{report}.png").read_bytes()
        assert (title, picture[:8]) == (asked["title"], b"\x89PNG\r\n\x1a\n")
        assert len(picture) <= 100_000


FIGURES = yaml.safe_load((ROOT / "tests/jobs/figures_of_recipes.yaml").read_text(encoding="utf-8"))
FIGURE = re.compile(r"\d[\d,.]*")


def said(claim):
    """The sentence of a claim as a recipe may say it: any figure in place of one of the demo."""
    return re.compile(r"\s+".join(re.sub(r"\\\{[^}]*\\\}", r"-?[\\d,.]*\\d", re.escape(word)) for word in claim["says"].split()))


@pytest.mark.parametrize("name", PAGES)
def test_each_figure_of_a_recipe_is_one_that_tests_ask_of_the_demo(name):
    text = re.sub(r"```.*?```", "", (RECIPES / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    for claim in FIGURES["claims"]:
        if claim["recipe"] == name:
            assert said(claim).search(text), claim["says"]
            text = said(claim).sub("", text)
    for given in FIGURES["given"]:
        text = re.sub(r"\s+".join(map(re.escape, given.split())), "", text)
    assert FIGURE.findall(re.sub(r"`[^`]*`|\]\([^)]*\)", "", text)) == []


def test_the_list_of_recipes_is_whole():
    assert sorted(re.findall(r"\]\(([\w-]+\.md)\)", (RECIPES / "README.md").read_text(encoding="utf-8"))) == PAGES
