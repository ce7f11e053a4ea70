"""The routes of the clinical record, one module per resource."""
