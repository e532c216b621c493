"""Derived fields as columns of events: one file per function, named as its spec in `cja_spark.view.derived`."""
