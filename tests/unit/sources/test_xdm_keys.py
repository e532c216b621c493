"""Keys of XDM: what each of the published examples leads to among the plain names of datasets."""

import pytest

from cja_spark.sources.xdm_keys import plain_path

CJM = "https://ns.adobe.com/experience/customerJourneyManagement/"


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("xdm:timestamp", "timestamp"), ("@id", "_id"), ("@type", "_type"), ("schema:latitude", "_schema.latitude"), ("repo:etag", "_repo.etag"),
        ("dc:title", "_dc.title"), ("xmpDM:duration", "_xmpDM.duration"), ("iptc4xmpExt:Genre", "_iptc4xmpExt.Genre"), ("braze:id", "_braze.id"),
        (f"{CJM}messageDeliveryfeedback/feedbackStatus", "_experience.customerJourneyManagement.messageDeliveryfeedback.feedbackStatus"),
        (f"{CJM}messageProfile/channel", "_experience.customerJourneyManagement.messageProfile.channel"),
        ("https://ns.adobe.com/experience/decisioning/propositions", "_experience.decisioning.propositions"),
        ("https://ns.adobe.com/experience/journeyOrchestration/stepEvents/", "_experience.journeyOrchestration.stepEvents"),
    ],
)  # fmt: skip
def test_a_qualified_key_leads_to_a_plain_path(key, path):
    assert ".".join(plain_path(key, inside=False)) == path


@pytest.mark.parametrize(
    "key", ["timestamp", "_id", "_experience", "ECID", "https://ns.adobe.com/xdm/channels/email", "https://ns.adobe.com/experience/", "a:b", "xdm:", "xdm:a/b", ":x", "http://x/y"]
)
def test_any_other_key_stays(key):
    assert plain_path(key, inside=False) == plain_path(key, inside=True) == (key,)


def test_inside_another_key_of_experiences_the_last_part_says_all():
    assert plain_path(f"{CJM}messageDeliveryfeedback/messageFailure/type", inside=True) == ("type",)
    assert plain_path("xdm:id", inside=True) == ("id",)
