"""Standard dimensions where a view or a report names them: what each place cannot take."""

from __future__ import annotations

from cja_spark.view.standard import NOT_COMPARED

_NO_FIELD = {
    "bound": "persistence: '{name}' is a standard dimension; values are bound to dimensions of fields.",
    "id": "deduplication: '{name}' is a standard dimension; events are told apart by a dimension of a field.",
}


def fault_of_standard(name: str, role: str) -> str | None:
    """What is wrong with a standard dimension in a role, if anything is."""
    if role == "compared" and name in NOT_COMPARED:
        return f"dimension '{name}' has too many values to compare with text; compare 'hour', 'hour_of_day' or 'minute_of_hour'."
    return _NO_FIELD[role].format(name=name) if role in _NO_FIELD else None
