"""Several server processes behind one port: a supervisor that starts them, and what it tells them.

Each is a whole server of its own; they share the port (SO_REUSEPORT) and, through the page cache, the mapped snapshots.
"""
