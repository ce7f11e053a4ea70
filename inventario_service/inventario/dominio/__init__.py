"""Rules of stock and recipes: neither Flask nor SQLAlchemy."""
