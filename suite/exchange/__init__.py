"""One folder per standard: pure functions from the model to bytes and back."""
