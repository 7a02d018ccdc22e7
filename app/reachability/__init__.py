"""When people can be reached: SPOC and deputies, who covers for whom, and who is away."""
