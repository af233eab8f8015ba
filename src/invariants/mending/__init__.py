"""What can be mended safely: patches for findings, and the migrations that hold them. Pure over the facts of a store."""
