"""Environment variables in every language and format: where they are read, where they are given. A module each; values are never facts."""
