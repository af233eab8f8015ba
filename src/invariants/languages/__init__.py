"""What frontends of programming languages have in common: words, trees, steps that are being written, where values come from."""
