"""Kafka: changes as keyed messages of one topic, one transaction per chunk."""
