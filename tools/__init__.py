"""What serves those who work on the project: demo, benchmarks, data diff, deployment, lint."""
