"""What a publish and a delivery tell of their lineage."""

import uuid
from datetime import UTC, datetime

import jsonschema
import pytest

from cja_spark.audiences.receipts import DeliverReceipt, PublishReceipt, SinkReceipt
from cja_spark.audiences.spec import Audience
from cja_spark.lake import Lake
from cja_spark.watch.lineage import Ending, ended
from cja_spark.watch.told import deliver_run, delivered, publish_run, published
from tests.unit.watch.events import SCHEMA

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
BUYERS = Audience.model_validate({"name": "buyers", "segments": "buyers", "refresh": "daily", "lookback": "30 days", "sinks": ["store", "feed"]})


@pytest.fixture(scope="module")
def lake(spark, tmp_path_factory):
    return Lake(spark, str(tmp_path_factory.mktemp("lineage")))


def receipt(run, **changed):
    given = {"run_id": run.run_id, "audience": "buyers", "audience_id": "aud_a", "run_seq": 3, "state": "committed", "inputs": {"journeys": 9}, "enter": 5, "exit": 2}
    return PublishReceipt(**given | changed)


def of_publish(run, **changed):
    ending = Ending()
    published(ending, run, receipt(run, **changed))
    end = ended(run, ending, AT)
    jsonschema.validate(end, SCHEMA)
    return end


def test_a_publish_tells_the_journeys_that_it_read_and_the_changes_that_it_committed(lake):
    run = publish_run(lake, "shop", "web", "buyers", str(uuid.UUID(int=1)))
    end = of_publish(run)
    assert end["job"] == {"namespace": "shop", "name": "publish.buyers", "facets": {}}
    assert end["inputs"][0]["facets"]["version"]["datasetVersion"] == "9"
    assert [one["name"].rsplit("/", 1)[-1] for one in end["outputs"]] == ["audience_changes", "audience_members"]
    assert end["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == 7
    assert end["run"]["facets"]["cja_run"]["run_seq"] == 3


@pytest.mark.parametrize("changed", [{"state": "blocked", "exit_code": 5}, {"run_id": "another, whose run was found done"}])
def test_a_publish_that_committed_nothing_wrote_no_row(lake, changed):
    run = publish_run(lake, "shop", "web", "buyers", str(uuid.UUID(int=1)))
    assert of_publish(run, **changed)["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == 0


def test_a_delivery_tells_the_rows_that_each_sink_took(lake):
    run = deliver_run(lake, "shop", [BUYERS, BUYERS], str(uuid.UUID(int=2)))
    ending = Ending()
    some = [SinkReceipt(sink="store", audience=name, audience_id="aud_a", acked=4) for name in ("buyers", "visitors")]
    delivered(ending, run, DeliverReceipt(run_id=run.run_id, exit_code=6, sinks=tuple(some)))
    end = ended(run, ending, AT)
    jsonschema.validate(end, SCHEMA)
    assert end["eventType"] == "FAIL"
    assert [(one["name"], one["outputFacets"]["outputStatistics"]["rowCount"]) for one in end["outputs"]] == [("feed", 0), ("store", 8)]
