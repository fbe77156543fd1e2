"""Scenario files: schema, loading, schedules and faults."""
