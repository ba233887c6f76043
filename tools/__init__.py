"""The build's own scripts: third-party protos, generation, and the plugins that buf runs."""
