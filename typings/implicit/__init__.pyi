# The parts of implicit that benchmarks.peers uses; it is installed in .venv-peers only.
