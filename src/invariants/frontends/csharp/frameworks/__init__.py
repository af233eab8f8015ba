"""What each framework's registrations mean."""
