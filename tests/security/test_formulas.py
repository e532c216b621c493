"""S5, B7: the places that write CSV or workbooks are known; the page's downloads are tested in a browser with 40 formulas."""

import json
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parents[1] / "cja_spark"
WRITES = re.compile(r"csv\.writer|csv\.DictWriter|write_csv|to_csv|to_excel|\.write\b.*\.csv\(|openpyxl|xlsxwriter|text/csv|spreadsheetml")
# The page's downloads are for people. The demo's files are sources; the sink of files feeds machines (csv_safety: none).
KNOWN = {"page/charts/table.js", "demo/arrivals.py", "sinks/files/sink.py"}


def test_there_are_forty_formulas_each_of_which_begins_one_for_some_spreadsheet():
    formulas = json.loads((HERE / "formulas.json").read_text(encoding="utf-8"))
    assert len({*formulas}) == 40
    assert [text for text in formulas if not re.search(r"(?m)^(?:[\t\r]|[\s\u00a0\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20])|\r[+\-=@]", text)] == []


def test_nothing_else_writes_csv_or_workbooks():
    files = [file for kind in ("*.py", "*.js", "*.html") for file in PACKAGE.rglob(kind)]
    writing = {str(file.relative_to(PACKAGE)) for file in files if WRITES.search(file.read_text(encoding="utf-8"))}
    assert writing <= KNOWN
    assert {"page/charts/table.js", "demo/arrivals.py"} <= writing
