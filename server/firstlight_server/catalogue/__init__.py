"""Catalogues that change while they are served: what was changed is laid over the snapshot that answers."""
