"""The only modules of ``device`` that import heavy or replaceable libraries, late, one file each."""
