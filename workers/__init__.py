"""What happens after the answer: the outbox is drained, old rows are dropped."""
