"""The questions that this service has for others: one class per service."""
