"""News that this service sends and listens to, and the catalogue of all that there is."""
