"""Requests and answers, as documented."""
