"""Analyses of scenarios: comparison, regression, calibration, hindcast."""
