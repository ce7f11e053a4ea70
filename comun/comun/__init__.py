"""Mechanism shared by the OdontoCare services. Knows no domain noun, no model, no database handle."""
