"""Figures in depth: what a manager asks when the number alone does not say why."""
