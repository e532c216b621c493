"""Lists that are too long or too short, and words that are no choice: each fault says what is taken, and has a line."""

import pytest

from tests.unit.project.test_names import faults

STEPS = "[orders, calls, checkouts, buyers, callers, orders, calls, checkouts, orders]"
OF_PAGES = "\n  - {dimension: page, exists: true}" * 9


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (f"report: overlap\nsets: {STEPS}", 2, "sets: 8 at most are taken, and 9 are written: orders, calls, checkouts, buyers, callers, orders, calls, checkouts, orders; leave 1 out."),
        (f"report: overlap\nsets:{OF_PAGES}", 2, "sets: 8 at most are taken, and 9 are written: …, …, …, …, …, …, …, …, …; leave 1 out."),
        ("report: overlap\nsets: []", 2, "sets: at least 1 item must be written, and the list is empty."),
        ("report: frequency\nevents: []", 2, "events: at least 1 item must be written, and the list is empty."),
        ("report: engagement\nevents: []", 2, "events: at least 1 item must be written, and the list is empty."),
        ("report: fallout\nsteps: []", 2, "steps: at least 1 item must be written, and the list is empty."),
        ("report: trend\nmetrics: []", 2, "metrics: at least 1 item must be written, and the list is empty."),
        (f"report: table\ndimensions: [{', '.join(f'd{at}' for at in range(18))}]", 2, "dimensions: 16 at most are taken, and 18 are written: d0, d1, "),
        ("report: flow\ndimension: page\nstarts_with: entri", 3, "starts_with: no such choice: 'entri'. Did you mean 'entry'? Known: entry, exit. Write {items: [entri]} for a value."),
        ("report: flow\ndimension: page\nends_with: home", 3, "ends_with: no such choice: 'home'. Known: entry, exit. Write {items: [home]} for a value."),
    ],
)  # fmt: skip
def test_a_list_says_how_many_it_takes_and_a_word_which_ones_there_are(folder, text, line, said):
    (folder / "reports" / "listed.yaml").write_text(text, encoding="utf-8")
    found = [one for one in faults(folder) if one[0] == "reports/listed.yaml" and one[2].startswith(said)]
    assert [one[1] for one in found] == [line], faults(folder)
