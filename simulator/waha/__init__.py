"""A stand-in for WAHA: sessions that are linked by scanning, sends, and webhooks (D)."""
