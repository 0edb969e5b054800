"""What the bot knows: files that were uploaded for it, read in passages, and found again by a question."""
