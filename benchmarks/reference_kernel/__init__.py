"""The yardstick: a bare cohort kernel, tuned by hand, on a workload of its own.

It is no part of the simulator and shares no code with it. `w_params.py` makes the inputs from closed formulas,
`w_numpy.py` runs 61,812 person cells (age, sex, area, income, need class, 17 statuses) through 36 years in NumPy with
preallocated buffers: enrolment by logit, health transition, births, deaths, ageing, contributions, claims, balance. It
has no policy levers, no reporting and no checks, so it says what NumPy can do on the machine at hand; the simulator's
speed is given as a share of its speed a cell-year, measured in turns. The files are kept as they were measured, hence
not formatted.
"""
