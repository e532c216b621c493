"""D6: tables that runs of several audiences merge into at once are partitioned by audience, so that no merge is in another's way (M6)."""

import pytest

from cja_spark.audiences.tables import DEAD_LETTERS, MEMBERS
from cja_spark.sinks.delta_profiles import MEMBERSHIPS


@pytest.mark.parametrize("spec", [MEMBERS, DEAD_LETTERS, MEMBERSHIPS], ids=lambda spec: spec.name)
def test_a_table_that_audiences_merge_into_is_partitioned_by_audience(spec):
    assert spec.partition_by == ("audience_id",)
    assert spec.cluster_by == ()
