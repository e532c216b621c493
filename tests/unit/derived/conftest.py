"""A copy of the demo's project, to be changed."""

from tests.unit.project.conftest import folder  # noqa: F401 - a fixture
