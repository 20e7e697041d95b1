"""The doors: FastAPI in front, the conversation core behind, LINE and the web on its sides."""
