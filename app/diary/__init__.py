"""The school's diary: what is due when, entered by hand or known from the registers."""
