"""Where several tables or services meet."""
