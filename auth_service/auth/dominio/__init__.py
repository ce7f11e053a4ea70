"""Rules of identity and access. They know neither Flask nor a database."""
