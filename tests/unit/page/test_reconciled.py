"""The panel of the source system's numbers: each with its causes, what is unexplained, and a verdict; few messages are not on the page."""

import re
from datetime import date

from cja_spark.page import PageContent
from cja_spark.page.write import render_page
from cja_spark.publish_reconciled import panel_of_comparison, panel_without
from cja_spark.reconciliation.advice import Advice
from cja_spark.reconciliation.compare import Cause, Line
from cja_spark.reconciliation.result import Reconciled


def line(source=1000.0, ours=980.0, causes=((("retries", ""), 15.0),), verdict="green", **more):
    told = tuple(Cause(cause=name, detail=detail, count=count, rows=int(abs(count))) for (name, detail), count in causes)
    rest = source - ours - sum(one.count for one in told)
    return Line(**{"channel": "email", "campaign": "", "metric": "sent", "source": source, "ours": ours, "causes": told, "unexplained": rest, "share": rest / source, "verdict": verdict, **more})


def panel(*lines, fewest=10, **more):
    return panel_of_comparison(Reconciled(date_from=date(2026, 8, 1), date_to=date(2026, 8, 7), lines=lines, **more), fewest)


def page(compared):
    return render_page(PageContent(title="t", panels=(), compared=compared))


def test_a_number_is_followed_by_its_causes_and_what_is_unexplained():
    told = [(one.name, one.of, one.source, one.ours, one.difference, one.verdict) for one in panel(line()).lines]
    assert told == [("sent", "email", 1000, 980, 20, "green"), ("retries", "", None, None, 15, ""), ("unexplained", "", None, None, 5, "")]


def test_the_causes_of_a_number_and_what_is_unexplained_are_its_difference():
    number, *causes = panel(line(causes=((("dropped", "not_a_number"), 7.0), (("test_profiles", ""), -3.0)))).lines
    assert sum(one.difference for one in causes) == number.difference
    assert [one.of for one in causes] == ["not_a_number", "", ""]


def test_a_number_that_is_ours_has_no_causes():
    assert [one.name for one in panel(line(ours=1000.0, causes=())).lines] == ["sent"]


def test_a_number_of_few_messages_is_left_out_with_its_causes_and_counted():
    found = panel(line(source=9.0, ours=30.0, causes=()), line(source=30.0, ours=9.0, causes=()), line(source=10.0, ours=10.0, causes=()))
    assert [one.source for one in found.lines] == [10]
    assert found.notes == ("2 numbers about fewer than 10 messages are not shown.",)
    assert len(panel(line(source=9.0, ours=9.0, causes=()), fewest=0).lines) == 1


def test_the_page_says_the_verdict_and_the_advice_in_words():
    html = page(panel(line(verdict="red"), advice=(Advice(rule="current_day", text="End before <today>.", waits=True),)))
    assert re.search(r'<tr class="red">.*1,000.*980.*20.*<b>red</b>', html)
    assert "End before &lt;today&gt;." in html
    assert '<a href="#compared">' in html


def test_a_comparison_that_cannot_be_made_says_why_and_has_no_table():
    html = page(panel_without("reported.csv is not there."))
    assert "reported.csv is not there." in html
    assert '<table class="compared">' not in html
    assert 'id="compared"' not in page(None)
