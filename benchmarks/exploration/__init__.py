"""What exploration costs, and that its arithmetic is that of other people's bandits."""
