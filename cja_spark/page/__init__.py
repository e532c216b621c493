"""The page of a run: one self-contained HTML file."""

from cja_spark.page.content import ColumnSpec, ComparedPanel, PageContent, Panel, Receipt
from cja_spark.page.document import require_place
from cja_spark.page.write import write_page

__all__ = ["ColumnSpec", "ComparedPanel", "PageContent", "Panel", "Receipt", "require_place", "write_page"]
