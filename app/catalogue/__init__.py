"""The services a school lives by: what each is for, who uses it, what it is made of."""
