"""A look at a snapshot in a process of its own, before the server itself reads a file of it."""
