"""The schools of the authority: how they come in from the register, and where each stands."""
