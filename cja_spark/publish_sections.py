"""The order of a page: what `page.yaml` says, on the panels of a run."""

from __future__ import annotations

from collections.abc import Iterable

from cja_spark.page import Panel
from cja_spark.project_page import PagePlan

OTHERS = "Other reports"


def in_sections(panels: Iterable[Panel], plan: PagePlan) -> tuple[Panel, ...]:
    """Give panels in a plan's order, each with the heading that it stands below; those in no section come last.

    Source: Decision: an author's order, as dashboards and projects of analysis tools have it.
    """
    places = plan.places()
    last = (len(places), OTHERS if places else "")
    found = sorted(((places.get(panel.name, last), panel) for panel in panels), key=lambda one: one[0][0])
    return tuple(panel.model_copy(update={"section": title}) for (_, title), panel in found)
