"""What medicines exist: importing the ministry's data, and reading it."""
