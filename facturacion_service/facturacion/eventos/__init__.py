"""News that this service sends and listens to."""
