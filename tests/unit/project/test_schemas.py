"""The exported JSON schemas say what the loader takes: every project of the repository, short forms, and its faults."""

from __future__ import annotations

import argparse
import json
import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from cja_spark.verbs.schemas import VERB, schemas
from tests.bad_input.shop import FILES

ROOT = Path(__file__).resolve().parents[3]
SCHEMAS = schemas()
YAML = [file for name in ("demo", "luma", "dsw-luma", "ajo") for file in sorted((ROOT / "conf" / name).rglob("*.yaml"))]
README = re.findall(r"```yaml\n# (\S+)\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def kind_of(file: Path) -> str:
    folder = file.parent.name
    return folder.removesuffix("s") if folder in ("reports", "audiences", "sinks") else file.stem


def faults(kind: str, text: str) -> list[str]:
    """What an editor underlines; it reads dates as text."""
    written = yaml.safe_load(text)
    plain = json.loads(json.dumps(written, default=lambda day: day.isoformat() if isinstance(day, date) else day))
    return [error.message for error in Draft202012Validator(SCHEMAS[kind]).iter_errors(plain)]


@pytest.mark.parametrize("kind", SCHEMAS)
def test_an_exported_schema_is_a_schema(kind):
    Draft202012Validator.check_schema(SCHEMAS[kind])


@pytest.mark.parametrize("file", YAML, ids=[str(file.relative_to(ROOT)) for file in YAML])
def test_the_schema_of_its_kind_takes_every_file_of_the_projects_here(file):
    assert faults(kind_of(file), file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("file", YAML, ids=[str(file.relative_to(ROOT)) for file in YAML])
def test_every_file_of_the_projects_tells_an_editor_where_its_schema_is(file):
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", file.read_text(encoding="utf-8"))
    assert (file.parent / named[1]).resolve() == ROOT / "build" / "schemas" / f"{kind_of(file)}.json"


@pytest.mark.parametrize(("file", "text"), [*README, *FILES.items()], ids=str)
def test_the_schema_of_its_kind_takes_the_files_that_documents_and_tests_show(file, text):
    assert faults(kind_of(Path(file)), text) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("report", "report: fallout\nsteps: [orders, {metric: revenue, at_least: 5, next: true}, {segments: [buyers]}]"),
        ("report", "report: fallout\nsteps: [{any: [orders, {segment: buyers}]}, {exclude: buyers, label: no buyer}]"),
        ("report", "report: fallout\nsteps: [a]\nwindow: 90 min\nties: grace(2 s)"),
        ("report", "report: fallout\nsteps: [a]\nties: {grace: 500 milliseconds}"),
        ("report", "report: overlap\nsets: [orders, {step: calls, label: callers}, {metric: revenue, at_least: 5}]\ncount: sessions"),
        ("report", "report: deflection\ntopic: page\nself_service: {dimension: page, equals: help}\ncall: calls\nwindow: 24 hours\nbaseline: 0.3\ncost_per_call: 6.5"),
        ("report", "report: deflection\ntopic: page\nself_service: helps\ncall: calls\nbaseline: {control: {metric: visits, at_least: 1}}\ncost_per_call: cost"),
        ("report", "report: indicators\noutcome: calls\ndimension: page\ncontainer: person"),
        ("report", "report: indicators\noutcome: calls\nby_segments: [buyers, {label: helped, where: {dimension: page, equals: help}}]"),
        ("report", "report: retention\nstart: orders\nreturn: {metric: revenue, at_least: 5}\nmode: on\nsize: 7 days"),
        ("report", "report: retention\nstart: orders\nreturns: [calls, {metric: revenue, at_least: 5}]\nbreakdown: page\nrows: 5\ninclude_no_value: false"),
        ("report", "report: time_to_event\nstart: orders\nevent: {metric: revenue, at_least: 5}\ntail: 7 days\npercentiles: [50, 99.9]\nbuckets: [5 min, 1 hour]"),
        ("report", "report: cohort\ninclusion: orders\nreturn: [calls, {metric: revenue, at_least: 5}]\nmode: on"),
        ("report", "report: cohort\ninclusion: {metric: revenue, at_least: 5}\nreturn: {metrics: [calls], match: any, segments: [buyers]}\ndimension: page"),
        ("report", "report: growth"),
        ("report", "report: trend\ncompare: year_ago\nmoving_average: 7"),
        ("report", "report: fallout\nsteps: [orders, calls]\ntrend: week\ntimes: true"),
        ("report", "report: fallout\nsteps: [orders, calls]\nbetween: page\nafter: {dimension: page, items: 3, include_no_value: false}"),
        ("report", "report: trend\ncompare: {from: 2025-01-01, to: 2025-01-31}"),
        ("report", "report: table\ndimensions: [page]\nacross: week\ncolumns_shown: 4"),
        ("report", "report: contribution\nmetric: orders\ndimensions: [page]"),
        ("report", "report: contribution\nmetric: orders\nby_segments: [buyers, {label: helped, where: {dimension: page, equals: help}}]\ncompare: [mobile, desktop]"),
        ("report", "report: contribution\nmetric: orders\ndimensions: [page]\ncompare: last month"),
        ("report", "report: contribution\nmetric: orders\ndimensions: [page]\ncompare: year_ago\nrows: 5"),
        ("report", "report: attribution\nmetric: orders\ndimension: page"),
        ("report", "report: attribution\nmetric: orders\ndimension: page\nmodels: [linear, last_touch]\nlookback: 2 months\noverlap: 8"),
        ("report", "report: attribution\nmetric: orders\ndimension: page\nmodels: {a: linear, b: {model: custom, weights: {first: 1, middle: 0, last: 2}, label: b}}"),
        ("report", "report: frequency\nevents: [orders, {dimension: page, equals: help, label: helped}]\ncount: sessions"),
        ("report", "report: frequency\nevents: [orders]\nbuckets: {from: 2, size: 3, count: 4}"),
        ("report", "report: timeline\ndimensions: [page]"),
        ("report", "report: timeline\ndimensions: [page, channel]\nmetrics: [orders]\npeople: 5\nsample: 7\nmost_events: 50\nkeep: last"),
        ("report", "report: timeline\ndimensions: [page]\npersons: [ann, 4711]"),
        ("report", "report: impact\nindicators: [orders, {dimension: page, equals: help, label: helped}]\nrelease: 2026-03-10\ndays: 7"),
        ("report", "report: impact\nindicators: [orders]\nfirst_use: {segments: [buyers]}\nsince: 2026-03-10\nintervals: 14"),
        ("report", "report: engagement\nevents: [orders, {dimension: page, equals: help, label: helped}]\ngranularity: quarter"),
        ("report", "report: growth\nactive: [orders, {metric: revenue, at_least: 5}]\ngranularity: month\nlookback: 6"),
        ("report", "report: table\nsegments: [buyers, {container: person, where: {dimension: page, equals: 7}}]"),
        ("view", "name: v\nsession: {timeout: 30 minutes}\nsegments: {a: {where: {all: [b, {exclude: c}]}}}"),
        ("view", "name: v\ncalendar: 4-5-4\nview_segments: [a, {where: {exclude: a}}]"),
        ("view", "name: v\ncalendar: {first_month: july, week_start: sunday}"),
        ("view", "name: v\ncalendar: {weeks: 4-4-5, first_day: 2025-02-02, long_years: 2023}"),
        ("audience", "segments: buyers\nrange: {from: 2026-01-01, to: 2026-01-31}"),
    ],
    ids=lambda text: text.replace("\n", ", "),
)
def test_short_forms_are_taken(kind, text):
    assert faults(kind, text) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("connection", "name: a\ndatasets: {web: {type: event, source: {format: json, path: a}, timestamp: t}}"),
        ("view", "name: v\ndimensions: {page: {feild: page}}"),
        ("view", "name: v\nmetrics: {orders: [commerce]}"),
        ("view", "name: v\nsegments: {a: {where: {metrc: orders, at_least: 1}}}"),
        ("view", "name: v\ncalendar: 4-5-5"),
        ("view", "name: v\ncalendar: {week_start: sun}"),
        ("report", "steps: [orders]"),
        ("report", "report: tabel"),
        ("report", "report: table\nname: weekly"),
        ("report", "report: table\nrange: last ninety days"),
        ("report", "report: fallout\nsteps: [{metric: orders, atleast: 1}]"),
        ("report", "report: retention\nstart: orders\nsize: 1 day"),
        ("report", "report: time_to_event\nstart: orders"),
        ("report", "report: time_to_event\nstart: orders\nevent: calls\npercentiles: [100]"),
        ("report", "report: time_to_event\nstart: orders\nevent: calls\nbuckets: [soon]"),
        ("report", "report: cohort\ninclusion: orders\ngranularity: hour"),
        ("report", "report: cohort\ninclusion: {metrics: [a, b, c, d]}"),
        ("report", "report: growth\ngranularity: hour"),
        ("report", "report: contribution\ndimensions: [page]"),
        ("report", "report: contribution\nmetric: orders\ndimensions: [page]\ncompare: [buyers]"),
        ("report", "report: contribution\nmetric: orders\ndimensions: [page]\ncompare: before"),
        ("report", "report: attribution\nmetric: orders\ndimension: page\nmodels: [linnear]"),
        ("report", "report: attribution\nmetric: orders\ndimension: page\noverlap: 9"),
        ("report", "report: frequency\nevents: []"),
        ("report", "report: engagement\nevents: []"),
        ("report", "report: timeline"),
        ("report", "report: timeline\ndimensions: []"),
        ("report", "report: timeline\ndimensions: [page]\npeople: 0"),
        ("report", "report: timeline\ndimensions: [page]\nkeep: middle"),
        ("report", "report: impact\nindicators: []\nfirst_use: orders"),
        ("report", "report: impact\nindicators: [orders]\nfirst_use: orders\ndays: 0"),
        ("report", "report: engagement\nevents: [orders]\ngranularity: year"),
        ("report", "report: frequency\nevents: [orders]\nbuckets: {from: 0}"),
        ("report", "report: growth\nlookback: 13 months"),
        ("report", "report: deflection\ntopic: page\nself_service: helps\ncall: calls"),
        ("report", "report: deflection\ntopic: page\nself_service: helps\ncall: calls\nbaseline: 30"),
        ("report", "report: deflection\ntopic: page\nself_service: helps\ncall: calls\nbaseline: 0.3\ncost_per_call: 6 euros"),
        ("report", "report: indicators\ndimension: page"),
        ("report", "report: indicators\noutcome: calls\ndimension: page\nmin_support: 0"),
        ("report", "report: overlap\nsets: []"),
        ("report", "report: overlap\nsets: [orders]\ncount: events"),
        ("audience", "segments: buyers\nlookback: soon"),
        ("sink", "{}"),
    ],
    ids=lambda text: text.replace("\n", ", "),
)
def test_a_fault_is_underlined(kind, text):
    assert faults(kind, text) != []


def test_the_verb_writes_a_file_per_kind(tmp_path, capsys):
    assert VERB.run(argparse.Namespace(out=str(tmp_path))) == 0
    written = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in tmp_path.glob("*.json")}
    assert written == SCHEMAS
    assert set(capsys.readouterr().out.split()) == {str(tmp_path / f"{kind}.json") for kind in SCHEMAS}
