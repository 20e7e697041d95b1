"""LINE: the webhook in, rendering and delivery out."""
