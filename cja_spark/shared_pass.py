"""A shared pass: the people of audiences that are published together, found in one pass over the journeys."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audience_people import Part, Within, people, persons_of_each
from cja_spark.audiences.spec import Audience
from cja_spark.errors import CjaError
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.scratch import freeze, remove_folder, work_folder
from cja_spark.sources.failures import SPARK_ERRORS
from cja_spark.worker_errors import worker_errors

_log = logging.getLogger("cja_spark")


class SharedPass:
    """Who belongs to some audiences, each in its own window; found for all of them when the first one is asked for.

    One that was not foreseen, or with another window, has a pass of its own. So has each where the shared one fails:
    what is wrong with one audience does not hold up the others.

    Attributes:
        lake: the lake.
        project: the project.
        version: of the journeys that are read.
    """

    def __init__(self, lake: Lake, project: Project, version: int, foreseen: Sequence[tuple[Audience, datetime, datetime]] = ()) -> None:
        self.lake = lake
        self.project = project
        self.version = version
        self._questions = [Within.of(*one) for one in foreseen] if len(foreseen) > 1 else []
        self._numbers = {(one.audience.name, one.start, one.end): at for at, one in enumerate(self._questions)}
        self._folder = work_folder(lake, f"_staging/_together/{uuid.uuid4()}")
        self._rows: DataFrame | None = None

    def people(self, audience: Audience, start: datetime, end: datetime) -> DataFrame:
        """Persons with an event in [start, end) that passes the audience's tree (A2).

        Rows:    One per person.
        Columns: returns person_id string, person_namespace string.
        """
        number = self._numbers.get((audience.name, start, end))
        if number is not None and self._rows is None:
            self._find()
        if number is None or self._rows is None:
            return people(self.lake, self.project, audience, start, end, version=self.version)
        return self._rows.where(F.col("question") == number).drop("question")

    def close(self) -> None:
        """Remove what was found."""
        if self._questions:
            remove_folder(self.lake, self._folder)

    def _find(self) -> None:
        """Ask all questions once; a question's rows lie together, so that reading one reads little else."""
        partitions = min(len(self._questions), 4 * self.lake.spark.sparkContext.defaultParallelism)
        try:
            found = persons_of_each(self.lake, self.project, self._questions, Part(self.version))
            placed = found.repartitionById(partitions, F.pmod(F.col("question"), F.lit(partitions)))
            with worker_errors():
                self._rows = freeze(self.lake, self._folder, placed.sortWithinPartitions("question"))
        except (CjaError, *SPARK_ERRORS) as error:
            _log.warning("a shared pass for %d audiences failed (%s); each has its own", len(self._questions), type(error).__name__)
            self._numbers = {}
