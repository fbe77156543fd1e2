"""Actuarial simulator of social health insurance funds."""

__version__ = "0.1.0"
