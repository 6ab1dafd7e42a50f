"""One module for each page; `show(read)` draws it from what the queries give."""
