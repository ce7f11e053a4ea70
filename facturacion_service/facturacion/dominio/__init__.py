"""Rules of money: neither Flask nor SQLAlchemy."""
