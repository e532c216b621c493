"""A seeded story of journeys and campaigns in Journey Optimizer's own datasets, with the numbers that it would report."""

from cja_spark.demo.optimizer.generate import MARKER, generate
from cja_spark.demo.optimizer.spec import FILES, Asked, Receipt

__all__ = ["FILES", "MARKER", "Asked", "Receipt", "generate"]
