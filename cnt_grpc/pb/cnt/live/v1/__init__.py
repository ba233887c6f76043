"""Generated from the contract by `make gen`."""
