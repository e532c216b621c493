"""`page.yaml`: which order and which headings a page has, and what is wrong with one."""

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.page import PageContent
from cja_spark.page.write import render_page
from cja_spark.project import load
from cja_spark.project_page import PagePlan
from cja_spark.publish_sections import in_sections
from tests.unit.page.pages import all_panels
from tests.unit.project.demo import ROOT

PLAN = "title: The shop\ndescription: Our shop.\nsections:\n  - {title: Buyers, reports: [daily, cohort]}\n  - {title: Ways, reports: [channels]}\n"


def planned(folder, text):
    (folder / "page.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_order_and_the_headings_are_read(folder):
    page = load(planned(folder, PLAN)).page
    assert (page.title, page.description) == ("The shop", "Our shop.")
    assert page.places() == {"daily": (0, "Buyers"), "cohort": (1, "Buyers"), "channels": (2, "Ways")}


def test_a_project_without_the_file_has_no_order(folder):
    (folder / "page.yaml").unlink(missing_ok=True)
    assert load(folder).page == PagePlan()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (PLAN.replace("daily", "dayly"), "line 4  sections.0.reports: no report named 'dayly'. Did you mean 'daily'?"),
        (PLAN.replace("[channels]", "[channels, daily]"), "line 5  sections.1.reports: the report 'daily' has a place already; name it once."),
        (PLAN.replace("[daily, cohort]", "[]"), "line 4  sections.0.reports"),
        (PLAN.replace("title: Buyers, ", ""), "line 4  sections.0: 'title' is missing."),
        (PLAN.replace("sections", "section"), "section"),
    ],
)
def test_a_fault_says_which_line_and_the_nearest_right_word(folder, text, fault):
    with pytest.raises(ConfigurationError) as refused:
        load(planned(folder, text))
    assert "page.yaml" in str(refused.value)
    assert fault in str(refused.value)


def test_a_report_with_faults_of_its_own_is_no_unknown_one(folder):
    (folder / "reports" / "daily.yaml").write_text("report: trend\nmetrics: [nothing]\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load(planned(folder, PLAN))
    assert "nothing" in str(refused.value)
    assert "no report named" not in str(refused.value)


def test_panels_stand_in_the_plans_order_and_those_of_no_section_last():
    panels = all_panels()[:4]
    first, second, third, fourth = (panel.name for panel in panels)
    plan = PagePlan.model_validate({"sections": [{"title": "A", "reports": [third]}, {"title": "B", "reports": [second, "not_run", first]}]})
    found = [(panel.name, panel.section) for panel in in_sections(panels, plan)]
    assert found == [(third, "A"), (second, "B"), (first, "B"), (fourth, "Other reports")]
    assert [(panel.name, panel.section) for panel in in_sections(panels, PagePlan())] == [(panel.name, "") for panel in panels]


def test_a_page_has_each_heading_once_above_its_reports_and_in_its_list():
    panels = tuple(panel.model_copy(update={"section": section}) for panel, section in zip(all_panels(), ("One", "One", "Two"), strict=False))
    page = render_page(PageContent(title="t", panels=panels))
    for heading in ("One", "Two"):
        assert page.count(f'<h2 class="part"><bdi>{heading}</bdi></h2>') == 1
        assert page.count(f'<span class="part"><bdi>{heading}</bdi></span>') == 1
    assert page.index(">One</bdi></h2>") < page.index('id="panel-1"') < page.index('id="panel-2"') < page.index(">Two</bdi></h2>") < page.index('id="panel-3"')
    assert 'class="part"' not in render_page(PageContent(title="t", panels=all_panels()))


def test_every_report_of_the_demo_has_a_place():
    project = load(ROOT / "conf" / "demo")
    assert set(project.page.places()) == set(project.reports)
