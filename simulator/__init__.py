"""A stand-in for WhatsApp's Cloud API that speaks its HTTP; it imports nothing of the product it tests."""
