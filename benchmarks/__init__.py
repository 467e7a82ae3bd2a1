"""What Firstlight costs, measured beside a baseline in the same run. The product does not know of these files."""
