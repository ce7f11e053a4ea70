"""Delivery to webhooks: where they may lie, the exchange, the signature, and who works it off."""
