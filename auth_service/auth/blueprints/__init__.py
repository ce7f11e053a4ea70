"""Routes, one module per resource; all of them hang on `auth_bp` and `interno_bp`."""
