"""Proof by attack: two tenants in a real PostgreSQL, and every way in which one of them may reach the other's rows."""
