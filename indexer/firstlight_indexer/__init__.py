"""The offline half of Firstlight: reads a shop's catalogue and event log, cleans, trains, encodes and publishes.

It knows nothing about gRPC and never imports the server.
"""
