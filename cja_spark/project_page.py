"""`page.yaml`: in which order the page shows the reports of a project, and below which headings."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from pydantic import Field

from cja_spark.configuration import Document
from cja_spark.errors import Fault, did_you_mean
from cja_spark.spec import AsTuple, Name, Spec


class PageSection(Spec):
    """Reports that stand together below a heading.

    Attributes:
        title: the heading.
        reports: names of reports, in their order; each stands in one section.
    """

    title: str = Field(min_length=1)
    reports: Annotated[tuple[Name, ...], AsTuple] = Field(min_length=1)


class PagePlan(Spec):
    """What the page begins with, and the order of its reports. A project without the file has them all by name, in no section.

    Attributes:
        title: what the page is called; the connection's name when not given.
        description: what stands below the title.
        sections: reports under headings. Those in no section come last, as *Other reports*.
    """

    title: str = ""
    description: str = ""
    sections: Annotated[tuple[PageSection, ...], AsTuple] = ()

    def places(self) -> dict[str, tuple[int, str]]:
        """The place of each report that is in a section, and its heading."""
        named = [(name, section.title) for section in self.sections for name in section.reports]
        return {name: (at, title) for at, (name, title) in enumerate(named)}


def page_faults(document: Document, plan: PagePlan, reports: Collection[str]) -> list[Fault]:
    """Reports that are not there, and reports that are in two places."""
    faults, seen = [], set[str]()
    for at, section in enumerate(plan.sections):
        for number, name in enumerate(section.reports):
            message = ""
            if name not in reports:
                message = f"no report named '{name}'. {did_you_mean(name, reports)}"
            elif name in seen:
                message = f"the report '{name}' has a place already; name it once."
            if message:
                path = ("sections", at, "reports", number)
                faults.append(Fault(document.file, document.line(path), f"sections.{at}.reports: {message}"))
            seen.add(name)
    return faults
