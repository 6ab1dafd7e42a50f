"""The quick check of a change: what `make test` would most likely find, in a minute or two."""
