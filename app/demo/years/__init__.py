"""Years of a desk, played out by the product's own actions with its clock set: nothing by SQL."""
