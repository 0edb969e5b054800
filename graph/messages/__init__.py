"""Messages: every WhatsApp message, in or out, and figures of many."""
