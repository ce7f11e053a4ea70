"""A service of the tests' own that listens to citas_service, as those to come will: a store of supplies.

What it does is what docs/consumir-eventos.md tells to do.
"""
