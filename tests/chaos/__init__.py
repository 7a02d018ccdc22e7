"""`make chaos`: a whole desk whose parts are killed while eight clients write into it."""
