"""Nested XDM by the documented field paths: nothing is written under a name that is not in them."""

import re

import pytest

from cja_spark.demo.optimizer import FILES, generate
from tests.unit.demo.optimizer_files import rows

CJM, JO = "_experience.customerJourneyManagement", "_experience.journeyOrchestration"
EVENT = """
: _id timestamp eventType
identityMap: NS[].id NS[].primary
"""
MESSAGE = f"""{EVENT}
{CJM}.messageExecution: messageExecutionID messageID messagePublicationID messageType journeyVersionID journeyVersionInstanceID
    journeyVersionNodeID journeyActionID campaignID campaignVersionID campaignActionID batchInstanceID
{CJM}.messageProfile: messageProfileID channel._id variant isTestExecution
{CJM}.emailChannelContext: address namespace domain
{CJM}.pushChannelContext: platform
{CJM}.smsChannelContext: smsProvider messageType
_experience.decisioning.propositions[]: id scope scopeDetails.decisionProvider scopeDetails.correlationID
"""
ORDER = f"""{EVENT}
commerce: purchases.value order.purchaseID order.priceTotal order.currencyCode
productListItems[]: SKU name quantity priceTotal
"""
PATHS = {
    "feedback": f"""{MESSAGE}
{CJM}.messageDeliveryfeedback: feedbackStatus messageFailure.reason messageFailure.code messageFailure.type messageFailure.category
    messageExclusion.code messageExclusion.reason retryCount requestTimestamp firstAttemptTimestamp responseCode responseDurationMillis
""",
    "email_tracking": f"""{MESSAGE}
{CJM}.messageInteraction: interactionType urlID url label trackingType isBot entityType landingpage.landingPageID
    landingpage.landingPageName subscription.subscriptionListID subscription.subscriptionChoice
""",
    "push_tracking": f"""{MESSAGE}
application: launches.value
pushNotificationTracking: pushProvider pushProviderMessageID isLaunch customAction.actionID customAction.value
""",
    "journey_steps": f"""{EVENT}
{JO}.stepEvents: entrance reentrance instanceEnded journeyID journeyVersionID journeyVersionName journeyVersion instanceID instanceType
    profileID profileNamespace nodeID nodeName nodeType stepID stepName stepType stepStatus eventID journeyNodeProcessed actionID
    actionName actionType actionExecutionTime actionExecutionError actionExecutionErrorCode inTest batchInstanceID exitCriteriaID
    exitCriteriaName
{JO}.serviceEvents.dispatcher: eventID eventType eventCode
{JO}.serviceEvents.segmentExportJob: ID exportSegmentID status eventType eventCode exportCountTotal exportCountRealized exportCountFailed
""",
    "inbound": f"""{MESSAGE}
_experience.decisioning.propositions[]: items[].id items[].name
_experience.decisioning.propositionAction: label
_experience.decisioning.propositionEventType: send display interact dismiss trigger
""",
    "entities": f"""{EVENT}
{CJM}.entities.campaign: campaignID campaignVersionID name campaignActionID campaignActionName
{CJM}.entities.journey: journeyID journeyVersionID journeyName journeyNameAndVersion journeyNodeID journeyNodeName journeyNodeType
    journeyActionID journeyActionName
{CJM}.entities.channelDetails: messageID messagePublicationID channel._id email.subject push.title variantID variantName
    messagePublishedAt
{CJM}.entities.experiment: experimentId experimentName treatmentID treatmentName
""",
    "web": f"""{ORDER}
web.webPageDetails: name URL siteSection pageViews.value
marketing: trackingCode
""",
    "store": f"""{ORDER}
placeContext: POIinteraction.POIDetail.name
""",
}
# Of what messages have, some channels have not all; steps have no type, entities are no events.
NOT_EVERYWHERE = ("ChannelContext", "messageExecution.", "messageProfile.", "eventType", "timestamp", "identityMap")


def told(text):
    """Paths of lines `place: names`."""
    lines = [line.partition(": ") for line in re.sub(r"\n +", " ", text).splitlines() if line]
    return {f"{place}.{name}".lstrip(".") for place, _, names in lines for name in names.split()}


def paths(value, at=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, f"{at}.{'NS' if at == 'identityMap' else key}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, f"{at}[]")
    else:
        yield at


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    folder = tmp_path_factory.mktemp("paths")
    generate(str(folder), persons=400, days=21)
    return folder


@pytest.mark.parametrize("name", FILES)
def test_rows_have_the_documented_paths_and_no_others(target, name):
    seen = {path for row in rows(target, FILES[name]) for path in paths(row)}
    assert seen - told(PATHS[name]) == set()
    assert [path for path in told(PATHS[name]) - seen if not any(part in path for part in NOT_EVERYWHERE)] == []


def test_channels_are_named_by_their_ids(target):
    seen = {row["_experience"]["customerJourneyManagement"]["messageProfile"]["channel"]["_id"] for row in rows(target, FILES["feedback"])}
    assert seen == {f"https://ns.adobe.com/xdm/channels/{channel}" for channel in ("email", "push", "sms")}
