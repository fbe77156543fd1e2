"""The actuarial model: pure functions of arrays."""
