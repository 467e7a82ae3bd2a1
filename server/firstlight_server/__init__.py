"""The online half of Firstlight: gRPC in, recommendations out. Knows nothing of training, and runs without torch."""
