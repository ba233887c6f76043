"""A call, from bytes to bytes: policy, identity, limits, transaction, one effect for each request id, the answer."""
