"""Rules of the trade, without Flask and without a database."""
