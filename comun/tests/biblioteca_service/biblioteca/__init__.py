"""A service of the tests' own: a library, small, but with everything that a service can have."""
