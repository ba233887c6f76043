"""Measurements of the whole system against a floor, in one run on one machine; docs/benchmarks.md explains them."""
