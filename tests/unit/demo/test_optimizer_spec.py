"""The settings of the made-up Journey Optimizer data, and the page that tells of its files."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cja_spark.demo.optimizer import visits
from cja_spark.demo.optimizer.spec import FILES, Asked, asked_of
from cja_spark.errors import ConfigurationError

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "optimizer-demo.md").read_text(encoding="utf-8")


def test_the_page_names_every_folder():
    assert set(re.findall(r"^\| `([a-z-]+\.json)/`", PAGE, re.MULTILINE)) == set(FILES.values())


def test_the_page_names_every_setting_and_what_it_is_by_itself():
    told = dict(re.findall(r"^\| `(\w+)` \| ([\w-]+) \|", PAGE, re.MULTILINE))
    fields = {name: str(field.default) for name, field in Asked.model_fields.items() if name not in ("story", "as_of")}
    assert {name: told.get(name) for name in fields} == fields


def test_the_page_says_how_much_messages_sell():
    for share in (visits.CLICK_BUYS, visits.LAUNCH_BUYS, visits.MAIL_BUYS, visits.BASE_BUYS):
        assert f"{share:.0%}".replace("%", " %") in PAGE


def test_the_example_of_the_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    [program] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    found = {}
    exec(program.replace("persons=1000", "persons=30"), found)
    assert found["receipt"].rows["feedback"] > 100
    assert sorted(path.name for path in (tmp_path / "build" / "ajo" / "files").iterdir()) == sorted(
        [*FILES.values(), "reported.csv", "reported-campaigns.csv", "causes.csv", "loads.csv", "generated.json"]
    )


def test_the_report_is_of_the_running_day():
    assert Asked(days=10, first_day=date(2026, 3, 1)).reported_at == datetime(2026, 3, 10, 14, 30, tzinfo=UTC)


def test_days_begin_where_the_zone_says():
    late = int(datetime(2026, 3, 8, 3, 30, tzinfo=UTC).timestamp() * 1000)
    assert Asked().day_of(late, "UTC") == date(2026, 3, 8)
    assert Asked().day_of(late, "America/New_York") == date(2026, 3, 7)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"persons": 3}, "persons: 3"),
        ({"load_hours": 5}, "load_hours: 5"),
        ({"view_zone": "Berlin"}, "'Berlin' is no time zone"),
        ({"peaple": 3}, "peaple"),
        ({"as_of": datetime(2026, 1, 1)}, "as_of"),
    ],
)
def test_a_setting_that_cannot_be_is_named(settings, said):
    with pytest.raises(ConfigurationError, match=said):
        asked_of(**settings)
