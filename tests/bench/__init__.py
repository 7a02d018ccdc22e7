"""`make bench`: how fast the hot pages are beside a bare page, measured in one run."""
