"""Plugins for every test; pytest reads this file first."""

pytest_plugins = ["pytester", "tests.machine"]
