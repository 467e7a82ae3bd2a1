"""What every form of compression saves and costs on one domain: size, speed, closeness and NDCG@10, as a report."""
