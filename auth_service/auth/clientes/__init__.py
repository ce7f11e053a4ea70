"""Other services, one class each."""
