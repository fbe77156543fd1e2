"""The scripts that made the derived tables, one module a table; `python -m simsurance.data.build` runs them all.

Every module reads packaged evidence only, says under "Weakness:" in its docstring what its numbers cannot carry, and
returns a `Built`: the rows of its table and how far they are from what they were fitted to or may be compared with.
"""
