"""The embedded default: Postgres and Envoy from wheels, our own programs beside them, started and stopped as one."""
