"""What OpenLineage asks of an event."""

# What the schema of OpenLineage 2.0.2 asks of a RunEvent and of the facets that are told.
FACET = {"type": "object", "required": ["_producer", "_schemaURL"], "properties": {"_producer": {"pattern": "^https://"}, "_schemaURL": {"pattern": "^https://"}}}
FACETS = {
    "type": "object", "additionalProperties": FACET,
    "properties": {
        "errorMessage": {"required": ["message", "programmingLanguage"]}, "version": {"required": ["datasetVersion"]},
        "outputStatistics": {"properties": {"rowCount": {"type": "integer"}}},
    },
}  # fmt: skip
DATASET = {"type": "object", "required": ["namespace", "name"], "properties": {"facets": FACETS, "outputFacets": FACETS, "inputFacets": FACETS}}
SCHEMA = {
    "type": "object",
    "required": ["eventTime", "producer", "schemaURL", "run", "job"],
    "properties": {
        "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
        "eventTime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"},
        "producer": {"type": "string", "pattern": "^https://"},
        "schemaURL": {"const": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"},
        "run": {"type": "object", "required": ["runId"], "properties": {"runId": {"pattern": "^[0-9a-f-]{36}$"}, "facets": FACETS}},
        "job": {"type": "object", "required": ["namespace", "name"]},
        "inputs": {"type": "array", "items": DATASET},
        "outputs": {"type": "array", "items": DATASET},
    },
}
