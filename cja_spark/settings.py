"""Settings: what a session must have so that answers are right and tables stay whole (publishing.md, rule D3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cja_spark.errors import ConfigurationError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SECRETS = ("secret", "password", "token", "key", "credential", "dsn")


class Setting(NamedTuple):
    """One setting.

    Attributes:
        name: Spark's name for it.
        wanted: a value that is right.
        right: whether a value is.
        default: what counts when it is not set; None leaves that to Spark.
        static: it can be set only where the session is built.
    """

    name: str
    wanted: str
    right: Callable[[str], bool]
    default: str | None = None
    static: bool = False

    def fault(self, spark: SparkSession) -> str | None:
        """What is wrong with it in a session, and how to set it right."""
        found = spark.conf.get(self.name) if self.default is None else spark.conf.get(self.name, self.default)
        if self.right(found or ""):
            return None
        how = f"--conf {self.name}={self.wanted}" if self.static else f"spark.conf.set('{self.name}', '{self.wanted}')"
        where = " where the session is opened" if self.static else ""
        return f"{self.name} is '{found}' and must be '{self.wanted}'. Set it{where}: {how}"


def _is(value: str) -> Callable[[str], bool]:
    return lambda found: found.lower() == value


def _names(value: str) -> Callable[[str], bool]:
    return lambda found: value in [part.strip() for part in found.split(",")]


def _redacts(regex: str) -> bool:
    return bool(regex) and all(re.search(regex, word) for word in _SECRETS)


_DELTA = "io.delta.sql.DeltaSparkSessionExtension"
_CATALOG = "org.apache.spark.sql.delta.catalog.DeltaCatalog"
# Instants, days and numbers of every answer depend on these.
ANSWERS = (
    Setting("spark.sql.session.timeZone", "UTC", lambda zone: zone in ("UTC", "Etc/UTC", "Z", "+00:00", "GMT")),
    Setting("spark.sql.ansi.enabled", "true", _is("true")),
)
# Without these there is no Delta table.
TABLES = (
    Setting("spark.sql.extensions", _DELTA, _names(_DELTA), "", static=True),
    Setting("spark.sql.catalog.spark_catalog", _CATALOG, _names(_CATALOG), "", static=True),
)
# With another value of these a table or a secret can be lost.
SAFETY = (
    Setting("spark.sql.files.ignoreMissingFiles", "false", _is("false")),
    Setting("spark.sql.files.ignoreCorruptFiles", "false", _is("false")),
    Setting("spark.databricks.delta.schema.autoMerge.enabled", "false", _is("false"), "false"),
    Setting("spark.databricks.delta.retentionDurationCheck.enabled", "true", _is("true"), "true"),
    Setting("spark.databricks.delta.merge.materializeSource", "auto", lambda found: found != "none", "auto"),
    Setting("spark.databricks.delta.commit.idempotencyCheck.enabled", "true", _is("true"), ""),
    Setting("spark.speculation", "false", _is("false"), "false", static=True),
    Setting("spark.redaction.regex", f"(?i){'|'.join(_SECRETS)}", _redacts, "", static=True),
)


def require_session(spark: SparkSession, settings: Sequence[Setting] = ANSWERS) -> None:
    """Refuse a session whose settings would give other answers; `cja_spark.open_session()` opens a right one.

    Raises:
        ConfigurationError: every setting that is wrong, with how to set it.
    """
    faults = [fault for setting in settings if (fault := setting.fault(spark))]
    if faults:
        raise ConfigurationError("\n".join(("The Spark session cannot be used as it is set:", *(f"  {one}" for one in faults))))
