"""The year once more, compiled: the same rules run by run in the processor's cache, for many draws.

The plain year beside it is the reference that tests compare this one with. Needs numba: `pip install "simsurance[fast]"`.
"""
