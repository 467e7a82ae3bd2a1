"""Degradation: simpler answers while the service is short of time, and the choice of when. Knows nothing of gRPC."""
