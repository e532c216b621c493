"""Persons that a test draws event by event, as the reference wants them."""

from __future__ import annotations

from tests.unit.kernels.by_hand import START


def of_reference(persons):
    """The events as the reference wants them."""
    return [
        {"person_id": f"person-{number:04d}", "t": START + t, "sequence": place, **values}
        for number, own in enumerate(persons) for place, (t, values) in enumerate(own)
    ]  # fmt: skip
