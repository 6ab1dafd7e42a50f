"""What a change of the project changes in the data, against another commit."""
