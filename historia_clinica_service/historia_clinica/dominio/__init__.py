"""Clinical rules: neither Flask nor SQLAlchemy."""
