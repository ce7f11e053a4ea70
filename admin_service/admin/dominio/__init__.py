"""Pure rules of admin_service: neither Flask nor SQLAlchemy."""
