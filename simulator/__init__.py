"""A stand-in for WhatsApp (Cloud API and WAHA) that speaks its HTTP; it imports nothing of the product it tests."""
