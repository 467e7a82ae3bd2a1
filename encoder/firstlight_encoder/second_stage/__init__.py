"""The second stage: neighbour tables beside the dense space, and a small ranker over the union of their candidates.

The first stage finds candidates for anyone; this one orders the best of them. Needs NumPy, onnxruntime and
safetensors only: the same code computes every feature in training and in a server.
"""
