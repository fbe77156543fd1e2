"""Settings of every test."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
"""Set before NumPy is imported: threads of linear algebra that wait for each other on busy cores take most of the time."""
