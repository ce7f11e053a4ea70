"""Rules of appointments, without framework or database."""
