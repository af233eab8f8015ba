"""Routes out of registrations: files put together, guards followed to where they reject, doors told from walls."""
