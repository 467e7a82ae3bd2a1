"""Why each item is in an answer: shares of its score, ranks without a clue, and sentences in the caller's language."""
