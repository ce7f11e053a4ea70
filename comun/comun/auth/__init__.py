"""Who calls, what they may do, and why a token is believed."""
