"""Where several aggregates or services meet."""
