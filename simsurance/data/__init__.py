"""Packaged tables with their provenance (`README.md`), and the one reader that puts a table on axes."""
