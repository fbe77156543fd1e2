"""The audit workbook: a run from per-head inputs down to the balances as formulas that a spreadsheet recalculates."""
