"""The report as one page of HTML: what stands in it, and how it is drawn. It needs no network and runs from a file."""
