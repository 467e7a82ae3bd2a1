"""What a GPU gives: every heavy step of the offline side on it and on the CPU, compared before any time is taken."""
