"""Answers: what would have to be, what waiting costs, what each part of a package does."""
