"""The source system's numbers: what is wrong with a file is said with its line and the nearest right word, all at once."""

from __future__ import annotations

from datetime import date

import pytest

from cja_spark.errors import InputError
from cja_spark.reconciliation.reported import checked, of_known_channels, range_of, reported_in_csv

HEAD = "date,channel,campaign,metric,value\n"
DAYS = (date(2026, 8, 1), date(2026, 8, 7))


def refused(text, days=DAYS):
    with pytest.raises(InputError) as error:
        reported_in_csv(text, "reported.csv", days)
    return str(error.value)


def test_numbers_are_read_whatever_the_order_of_the_columns():
    text = "\ufeffvalue,metric,campaign,channel,date,remark\r\n12,sent,Summer,email,2026-08-01,x\r\n\r\n3.0,opens,,push,2026-08-02,\r\n"
    found = reported_in_csv(text, "reported.csv", DAYS)
    assert [tuple(one) for one in found] == [
        (2, date(2026, 8, 1), "email", "Summer", "sent", 12.0),
        (4, date(2026, 8, 2), "push", "", "opens", 3.0),
    ]
    assert range_of(found) == (date(2026, 8, 1), date(2026, 8, 2))


def test_a_semicolon_may_stand_between_cells():
    [one] = reported_in_csv(f"{HEAD}2026-08-01,email,,sent,3\n".replace(",", ";"), "reported.csv", DAYS, ";")
    assert one.value == 3


@pytest.mark.parametrize("text", ["", "\n", "\ufeff"])
def test_an_empty_file_is_refused(text):
    assert refused(text).endswith("line 1  the file is empty; its first line is date,channel,campaign,metric,value.")


def test_a_file_of_a_header_alone_has_no_number():
    assert refused(HEAD) == "reported.csv: 1 fault\n  there is no number in it."


def test_a_missing_column_names_its_nearest():
    assert "line 1  no column 'metric'. Did you mean 'metrik'? Known: campaign, channel, date, metrik, value." in refused(HEAD.replace("metric", "metrik"))


def test_a_column_that_is_there_twice_is_refused():
    assert "two columns are called 'date'." in refused("date,date,channel,campaign,metric,value\n")


def test_an_unknown_metric_names_the_nearest_with_its_line():
    told = refused(f"{HEAD}2026-08-01,email,,sent,3\n2026-08-01,email,,sendt,3\n")
    assert "reported.csv: 1 fault" in told
    assert "line 3  metric: the source has no metric named 'sendt'. Did you mean 'sent'?" in told


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("many", "value: 'many' is no number."),
        ('"1,234"', "value: '1,234' is no number. Write it without separators of thousands."),
        ("", "value: '' is no number."),
        ("-1", "value: -1 is no count; write 0 or more."),
        ("nan", "value: nan is no count; write 0 or more."),
        ("inf", "value: inf is no count; write 0 or more."),
    ],
)
def test_a_value_that_is_no_count_is_refused(value, why):
    assert refused(f"{HEAD}2026-08-01,email,,sent,{value}\n") == f"reported.csv: 1 fault\n  line 2  {why}"


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-08-08", "date: 2026-08-08 is outside 2026-08-01 to 2026-08-07, the range that is compared."),
        ("2026-07-31", "date: 2026-07-31 is outside 2026-08-01 to 2026-08-07, the range that is compared."),
        ("soon", "date: 'soon' is no day; write 2026-08-31."),
        ("", "date: '' is no day; write 2026-08-31."),
        ("1800-01-01", "date: 1800-01-01 is not between 1900-01-01 and 9998-12-31."),
    ],
)
def test_a_day_that_is_not_compared_is_refused(day, why):
    assert refused(f"{HEAD}{day},email,,sent,1\n") == f"reported.csv: 1 fault\n  line 2  {why}"


def test_a_number_that_is_there_twice_names_both_lines():
    told = refused(f"{HEAD}2026-08-01,email,,sent,3\n2026-08-01,email,Summer,sent,3\n2026-08-01,email,,sent,3\n")
    assert told == "reported.csv: 1 fault\n  line 4  2026-08-01, email, sent has a number already in line 2; keep one of them."


def test_a_number_of_a_channel_in_another_case_is_the_same_one():
    told = refused(f"{HEAD}2026-08-01,inApp,,displays,3\n2026-08-01,inapp,,displays,3\n")
    assert told == "reported.csv: 1 fault\n  line 3  2026-08-01, inapp, displays has a number already in line 2; keep one of them."


def test_a_line_with_other_cells_is_refused():
    assert "line 2  6 cells, and the header has 5 columns." in refused(f"{HEAD}2026-08-01,email,,sent,1,234\n")


def test_what_is_no_csv_is_refused_with_its_line():
    assert "line 3  no CSV:" in refused(f'{HEAD}2026-08-01,email,,sent,1\n2026-08-02,"email"x,,sent,1\n')


def test_all_faults_are_told_at_once_and_many_are_counted():
    assert "2 faults" in refused(f"{HEAD}x,email,,sent,1\n2026-08-01,email,,sent,y\n")
    told = refused(HEAD + "x,email,,sent,1\n" * 25)
    assert told.count("\n  line ") == 20
    assert told.endswith("… and 5 faults more.")


def test_an_unknown_channel_names_the_nearest_with_its_line():
    found = reported_in_csv(f"{HEAD}2026-08-01,sms,,sent,3\n2026-08-01,emial,,sent,3\n2026-08-01,,,sent,3\n", "reported.csv", DAYS)
    with pytest.raises(InputError, match="line 3  channel: no channel named 'emial'. Did you mean 'email'?"):
        of_known_channels(found, ["email"], "reported.csv")
    of_known_channels(found[:1], [], "reported.csv")
    of_known_channels(found[1:2], ["Emial"], "reported.csv")


def test_rows_of_a_table_have_no_lines():
    rows = [(0, {"date": date(2026, 8, 1), "channel": "email", "campaign": None, "metric": "sent", "value": 3})] * 2
    with pytest.raises(InputError, match="reports.sent: 1 fault\n  2026-08-01, email, sent has a number already; keep one of them."):
        checked(rows, "reports.sent", DAYS)
    [one] = checked(rows[:1], "reports.sent", DAYS)
    assert (one.campaign, one.value) == ("", 3.0)


def test_what_is_delivered_of_a_day_may_be_below_nothing():
    [one] = reported_in_csv(f"{HEAD}2026-08-01,email,Summer,delivered,-1\n", "reported.csv", DAYS)
    assert one.value == -1
