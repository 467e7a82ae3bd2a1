"""Is off-policy evaluation right? Judged by real logs of two policies and by a world whose truth is known."""
