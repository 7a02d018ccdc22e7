"""The cause of incidents, or one seen before there are any: logged, and what became of it."""
