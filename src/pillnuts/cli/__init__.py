"""The `pillnuts` command: thin; what it does stands elsewhere."""
