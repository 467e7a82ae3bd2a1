"""What a user is interested in, how that moves, and what they do next: arithmetic over a user's events.

Nothing here knows of gRPC, files of snapshots or stores.
"""
