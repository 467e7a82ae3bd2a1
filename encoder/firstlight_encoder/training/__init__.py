"""Training of the space, with torch. Never imported at serving time."""
