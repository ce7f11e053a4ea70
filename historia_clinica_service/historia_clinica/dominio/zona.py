"""The clock on which a record is told."""

# Where no appointment or centre says which clock is meant.
ZONA = "America/Guayaquil"
