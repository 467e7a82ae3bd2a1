"""What a user is interested in, as ProfileService tells it, and answers that heed shifts of interest."""
