# The one thing that pyproject.toml cannot say: packages found by themselves, and one folder that lives elsewhere.
from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["simsurance", "simsurance.*"]), "simsurance.scenarios"],
    package_dir={"simsurance.scenarios": "scenarios"},
)
